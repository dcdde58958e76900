package githubsim

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options configure a GitHub.
type Options struct {
	// Now is the clock; nil means the wall clock until SetClock or Advance is called.
	Now func() time.Time
	// Tokens is the clock that the tokens of Apps are made and checked by; nil: the one above. A program elsewhere
	// signs them by its own, which nobody moves.
	Tokens func() time.Time
	// BaseURL is the root of html_url and, followed by the API prefix of the request, of API addresses, without a
	// trailing slash. Empty: derived from the host of the request.
	BaseURL string
	// Record receives one JSON line for each exchange and each webhook, see record.go. Nil: off.
	Record io.Writer
	// CommentEditKeepsIssueTime makes an edit of a comment leave the issue's updated_at alone. GitHub bumps it in
	// practice, but does not say so in its documentation.
	CommentEditKeepsIssueTime bool
	// CommentTimesDrift makes a new comment's updated_at one second later than its created_at, though it was never
	// edited, as GitHub sometimes does.
	CommentTimesDrift bool
}

// User is an account: a person, or a bot of a GitHub App.
type User struct {
	ID    int64
	Login string
	// Type is "User" or "Bot".
	Type string
	Name string

	created time.Time
}

// GitHub is the whole world: accounts, organisations, repositories and the clock. The zero value is not usable; see New.
type GitHub struct {
	opts Options

	mu     sync.Mutex
	moved  time.Duration
	fixed  time.Time
	nextID map[string]int64
	users  map[string]*User
	orgs   map[string]*org
	repos  map[string]*repo
	nodes  map[string]any
	apps   []*app
	tokens map[string]*appToken
	quota  map[string]*quota
	calls  map[string]int
	writes map[string][]string
	fault  func(*http.Request) *Fault
	lagOf  func(*http.Request) time.Duration
	drop   func(*http.Request) bool
	late   func(login, body string) time.Duration
	seen   string
	serial int64
	// maxBody bounds a comment, in bytes; one that is edited beyond it is refused, or with dropLong kept as it was.
	maxBody  int
	dropLong bool

	hookMu  sync.Mutex
	hookEnd *sync.Cond
	hook    func(Delivery)
	queue   []Delivery
	sending bool

	recordMu sync.Mutex
}

type org struct {
	ID      int64
	Login   string
	created time.Time
	// members: lower-case login to role, "member" or "admin".
	members map[string]string
	// pending holds people who were asked to join and have not answered.
	pending map[string]string
	teams   map[string]*team
}

type team struct {
	ID      int64
	Slug    string
	Name    string
	org     *org
	created time.Time
	// members: lower-case login to state, "active" or "pending".
	members map[string]string
	// maintainers: lower-case logins whose role is "maintainer".
	maintainers map[string]bool
	// repos: lower-case full name to permission.
	repos map[string]string
}

type repo struct {
	ID       int64
	org      *org
	Owner    string
	Name     string
	Private  bool
	Archived bool
	created  time.Time
	pushed   time.Time

	labels     []*label
	milestones []*milestone
	issues     map[int]*issue
	lastNumber int
	lastStone  int
	// gone maps numbers of deleted issues to "" and of transferred ones to the new API path.
	gone map[int]string
	// perms: lower-case login to permission.
	perms map[string]string

	branches map[string]string
	commits  map[string]*commit
	order    []*commit
	blobs    map[string][]byte
	trees    map[string][]treeEntry
	statuses map[string][]*status
}

type label struct {
	ID                       int64
	Name, Color, Description string
	repo                     *repo
}

type milestone struct {
	ID          int64
	Number      int
	Title       string
	Description *string
	State       string
	Due         *time.Time
	creator     *User
	repo        *repo

	created, updated time.Time
	closed           *time.Time
}

type issue struct {
	ID     int64
	Number int
	repo   *repo
	Title  string
	Body   *string
	State  string
	// Reason is "", completed, not_planned, duplicate or reopened.
	Reason    string
	author    *User
	via       *app
	labels    []*label
	milestone *milestone
	assignees []*User
	comments  []*comment
	events    []*event
	reactions []*reaction
	Locked    bool
	lockWhy   string
	pinned    *comment
	pull      *pull

	created, updated time.Time
	closed           *time.Time
	closedBy         *User

	versions []version
}

type comment struct {
	ID        int64
	issue     *issue
	author    *User
	via       *app
	Body      string
	reactions []*reaction
	edits     []edit
	pinnedBy  *User
	pinnedAt  time.Time

	created, updated time.Time
	listed           time.Time // from when on lists have it
}

// edit is one revision: who made it and the text that it left behind.
type edit struct {
	ID     int64
	at     time.Time
	editor *User
	body   string
}

type reaction struct {
	ID      int64
	Content string
	user    *User
	created time.Time
}

// event is one entry of an issue's history, other than a comment.
type event struct {
	ID       int64
	Kind     string
	actor    *User
	at       time.Time
	label    *label
	stone    string
	assignee *User
	from, to string
	commit   string
	reason   string
	review   *review
}

// New makes an empty world.
func New(o Options) *GitHub {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	g := &GitHub{
		opts: o, nextID: map[string]int64{}, users: map[string]*User{}, orgs: map[string]*org{},
		repos: map[string]*repo{}, nodes: map[string]any{}, tokens: map[string]*appToken{},
		quota: map[string]*quota{}, calls: map[string]int{}, writes: map[string][]string{}, maxBody: maxComment,
	}
	g.hookEnd = sync.NewCond(&g.hookMu)
	return g
}

// firstID gives each kind a range of its own, so that making one kind does not move the ids of another.
var firstID = map[string]int64{
	"user": 1001, "org": 9001, "team": 301, "repo": 501, "label": 40001, "milestone": 60001, "issue": 2000001,
	"comment": 3000000001, "reaction": 80001, "event": 5000001, "review": 700001, "pull": 1500001, "status": 900001,
	"app": 11, "installation": 111, "edit": 1, "delivery": 1, "request": 1, "hook": 21,
}

func (g *GitHub) newID(kind string) int64 {
	n, ok := g.nextID[kind]
	if !ok {
		n = firstID[kind]
	}
	g.nextID[kind] = n + 1
	return n
}

// Now is the time of this GitHub, in whole seconds, UTC.
func (g *GitHub) Now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now()
}

func (g *GitHub) now() time.Time {
	switch {
	case g.opts.Now != nil:
		return g.opts.Now().UTC().Truncate(time.Second)
	case !g.fixed.IsZero():
		return g.fixed.UTC().Truncate(time.Second)
	}
	return time.Now().Add(g.moved).UTC().Truncate(time.Second)
}

// SetClock stops the clock at t. It panics when the clock belongs to Options.Now.
func (g *GitHub) SetClock(t time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opts.Now != nil {
		panic("githubsim: the clock belongs to Options.Now")
	}
	g.fixed = t
}

// Advance moves the clock forward. It panics when the clock belongs to Options.Now.
func (g *GitHub) Advance(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.opts.Now != nil:
		panic("githubsim: the clock belongs to Options.Now")
	case !g.fixed.IsZero():
		g.fixed = g.fixed.Add(d)
	default:
		g.moved += d
	}
}

func key(parts ...string) string { return strings.ToLower(strings.Join(parts, "/")) }

// mustUser, mustRepo and mustIssue serve the world-building and acting methods: a wrong name there is a mistake in the
// test that calls them, so they panic.
func (g *GitHub) mustUser(login string) *User {
	u := g.users[key(login)]
	if u == nil {
		panic(fmt.Sprintf("githubsim: no user %q", login))
	}
	return u
}

func (g *GitHub) mustOrg(login string) *org {
	o := g.orgs[key(login)]
	if o == nil {
		panic(fmt.Sprintf("githubsim: no organisation %q", login))
	}
	return o
}

func (g *GitHub) mustRepo(owner, name string) *repo {
	r := g.repos[key(owner, name)]
	if r == nil {
		panic(fmt.Sprintf("githubsim: no repository %s/%s", owner, name))
	}
	return r
}

func (g *GitHub) mustIssue(owner, name string, n int) *issue {
	i := g.mustRepo(owner, name).issues[n]
	if i == nil {
		panic(fmt.Sprintf("githubsim: no issue %s/%s#%d", owner, name, n))
	}
	return i
}

func (r *repo) full() string { return r.Owner + "/" + r.Name }

func (r *repo) label(name string) *label {
	for _, l := range r.labels {
		if strings.EqualFold(l.Name, name) {
			return l
		}
	}
	return nil
}

func (i *issue) comment(id int64) *comment {
	for _, c := range i.comments {
		if c.ID == id {
			return c
		}
	}
	return nil
}
