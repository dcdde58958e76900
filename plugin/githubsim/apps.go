package githubsim

import (
	"crypto/rsa"
	"strings"
	"time"
)

// app is a GitHub App. It acts as the account "slug[bot]".
type app struct {
	ID            int64
	Slug          string
	bot           *User
	created       time.Time
	key           *rsa.PublicKey
	installations map[string]int64
	rights        appRights            // what it asks for
	accepted      map[string]appRights // by organisation that it is installed on
	suspended     map[string]time.Time
}

// appToken is an installation token.
type appToken struct {
	user    *User
	app     *app
	org     *org
	expires time.Time
}

// AddApp makes a GitHub App that is installed on the organisations, and gives back its account "slug[bot]" and its id.
// While no key is set with SetAppKey, any bearer token of three parts is taken for the App's.
func (g *GitHub) AddApp(slug string, orgs ...string) (bot *User, id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.app(slug)
	if a == nil {
		a = &app{ID: g.newID("app"), Slug: slug, created: g.now(), installations: map[string]int64{}, rights: defaultRights(),
			accepted: map[string]appRights{}, suspended: map[string]time.Time{}}
		a.bot = g.addUser(slug+"[bot]", "Bot")
		g.apps = append(g.apps, a)
	}
	for _, name := range orgs {
		if o := g.mustOrg(name); a.installations[o.Login] == 0 {
			a.installations[o.Login], a.accepted[o.Login] = g.newID("installation"), a.rights
		}
	}
	return a.bot, a.ID
}

// SetAppKey makes the App's tokens be checked against its public key and times (RS256, at most ten minutes).
func (g *GitHub) SetAppKey(slug string, key *rsa.PublicKey) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mustApp(slug).key = key
}

func (g *GitHub) app(slug string) *app {
	for _, a := range g.apps {
		if strings.EqualFold(a.Slug, slug) {
			return a
		}
	}
	return nil
}

func (g *GitHub) appOf(u *User) *app {
	for _, a := range g.apps {
		if a.bot == u {
			return a
		}
	}
	return nil
}

func (a *app) installed(o *org) bool { return a.installations[o.Login] != 0 }

// installedOn is the first App on the organisation, nil if there is none.
func (g *GitHub) installedOn(o *org) *app {
	for _, a := range g.apps {
		if a.installed(o) {
			return a
		}
	}
	return nil
}
