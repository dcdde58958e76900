package githubsim_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var record = sync.OnceValue(func() io.Writer {
	w, err := githubsim.RecordTo(os.Getenv("STEELTHREAD_CONTRACT_DIR"), "githubsim")
	if err != nil {
		panic(err)
	}
	return w
})

// world is an organisation k with the public repository e and the private p. ann owns it, bob may write, tess triages,
// eve is nobody; bot is the machine user.
func world(t *testing.T, change ...func(*githubsim.Options)) *githubsim.GitHub {
	t.Helper()
	o := githubsim.Options{BaseURL: "http://github.test", Record: record()}
	for _, f := range change {
		f(&o)
	}
	g := githubsim.New(o)
	if o.Now == nil {
		g.SetClock(start)
	}
	g.AddOrg("k", "bob", "bot")
	g.SetOrgRole("k", "ann", "admin")
	g.AddUser("eve")
	g.AddRepo("k", "e", false)
	g.AddRepo("k", "p", true)
	g.SetPermission("k", "e", "bob", "write")
	g.SetPermission("k", "e", "bot", "write")
	g.SetPermission("k", "e", "tess", "triage")
	for _, l := range []string{"kind/bug", "sig/node", "Tracked"} {
		g.AddLabel("k", "e", l, "", "")
	}
	g.AddMilestone("k", "e", "v1.37", "open", nil)
	g.AddMilestone("k", "e", "v1.36", "closed", nil)
	return g
}

func client(t *testing.T, g *githubsim.GitHub, login string) *github.Client {
	t.Helper()
	c, err := github.NewClient(github.WithTransport(g.Transport()), github.WithAuthToken(githubsim.TokenFor(login)),
		github.WithURLs(github.Ptr("http://github.test/"), github.Ptr("http://github.test/")))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends one raw request as login ("": nobody); header is pairs.
func ask(t *testing.T, g *githubsim.GitHub, login, method, path, body string, header ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, "http://github.test"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if login != "" {
		req.Header.Set("Authorization", "Bearer "+githubsim.TokenFor(login))
	}
	for k := 0; k+1 < len(header); k += 2 {
		req.Header.Set(header[k], header[k+1])
	}
	resp, err := g.Transport().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(raw)}
}

func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("status: got %d, want %d; body %s", r.status, status, r.body)
	}
	return r
}

// at digs into a JSON answer: names for objects, numbers for lists.
func (r reply) at(t *testing.T, path ...any) any {
	t.Helper()
	return dig(t, []byte(r.body), path...)
}

func dig(t *testing.T, raw []byte, path ...any) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no object at %q of %v in %s", p, path, raw)
			}
			v = m[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("no item %d of %v in %s", p, path, raw)
			}
			v = l[p]
		}
	}
	return v
}

// hooks collects deliveries.
func hooks(g *githubsim.GitHub) *[]githubsim.Delivery {
	var all []githubsim.Delivery
	g.SetWebhook(func(d githubsim.Delivery) { all = append(all, d) })
	return &all
}

func names(t *testing.T, all []githubsim.Delivery) []string {
	t.Helper()
	var out []string
	for _, d := range all {
		name := d.Event
		if a, ok := dig(t, d.Body, "action").(string); ok {
			name += "." + a
		}
		out = append(out, name)
	}
	return out
}

func ptr[T any](v T) *T { return &v }
