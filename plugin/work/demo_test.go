package work

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// said by somebody in these tests: "dev: /demo ...".
func saidBy(lines ...string) *Item {
	log := logOf(make([]string, len(lines))...)
	for n, text := range lines {
		who, command, _ := strings.Cut(text, ": ")
		r := &log.Receipts[n]
		r.Login, r.Author, r.Lines[0].Command = who, idOf(who), command
		r.Lines[0].Role = map[string]string{"node-fac": "facilitator", "net-lead": "lead"}[who]
		if r.Lines[0].Role == "" {
			r.Lines[0].Role = "author"
		}
	}
	return Fold(here, log)
}

// demos are all demos in short, those that count behind "=".
func demos(i *Item) string {
	short := func(list []Demo) string {
		var out []string
		for _, d := range list {
			s := strings.TrimSpace(d.URL[len("https://"):] + " " + d.Text)
			if !d.Confirmed.IsZero() {
				s += " confirmed in " + strconv.FormatInt(d.Confirmed.Comment, 10)
			}
			out = append(out, s)
		}
		return strings.Join(out, ", ")
	}
	return short(i.Demos) + " = " + short(i.LastDemos())
}

func TestFoldDemo(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"none", []string{"node-fac: /done v1.38"}, " = "},
		{"one", []string{"dev: /demo v1.38 https://a.example it runs"}, "a.example it runs = a.example it runs"},
		{"of two people", []string{"dev: /demo v1.38 https://a.example", "helper: /demo v1.38 https://b.example"}, "a.example, b.example = a.example, b.example"},
		{"the last word of each, all are kept", []string{"dev: /demo v1.38 https://a.example", "helper: /demo v1.38 https://b.example", "dev: /demo v1.38 https://c.example"},
			"a.example, b.example, c.example = b.example, c.example"},
		{"confirmed", []string{"dev: /demo v1.38 https://a.example", "node-fac: /done v1.38"}, "a.example confirmed in 2 = a.example confirmed in 2"},
		{"confirmed by an item", []string{"dev: /demo v1.38 https://a.example", `node-fac: /done v1.38 "API types"`}, "a.example confirmed in 2 = a.example confirmed in 2"},
		{"confirmed by a lead who stands in", []string{"dev: /demo v1.38 https://a.example", "net-lead: /done v1.38"}, "a.example confirmed in 2 = a.example confirmed in 2"},
		{"the first word confirms", []string{"dev: /demo v1.38 https://a.example", "node-fac: /done v1.38", "node-fac: /done v1.38"}, "a.example confirmed in 2 = a.example confirmed in 2"},
		{"not by the author", []string{"dev: /demo v1.38 https://a.example", "dev: /done v1.38"}, "a.example = a.example"},
		{"not before it was said", []string{"node-fac: /done v1.38", "dev: /demo v1.38 https://a.example"}, "a.example = a.example"},
		{"a later one is seen for itself", []string{"dev: /demo v1.38 https://a.example", "node-fac: /done v1.38", "dev: /demo v1.38 https://b.example"},
			"a.example confirmed in 2, b.example = b.example"},
		{"nothing is done after all", []string{"dev: /demo v1.38 https://a.example", "node-fac: /done v1.38", "dev: /done cancel v1.38"}, "a.example = a.example"},
		{"the only item is not", []string{"dev: /demo v1.38 https://a.example", `node-fac: /done v1.38 "API types"`, `dev: /done cancel v1.38 "API types"`}, "a.example = a.example"},
		{"one of two is not", []string{"dev: /demo v1.38 https://a.example", `node-fac: /done v1.38 "API types","e2e tests"`, `dev: /done cancel v1.38 "API types"`},
			"a.example confirmed in 2 = a.example confirmed in 2"},
	} {
		if d := cmp.Diff(tc.want, demos(saidBy(tc.lines...))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// TestJudgeDemo: who may say it, what it settles to, what mends it.
func TestJudgeDemo(t *testing.T) {
	for _, tc := range []struct {
		name  string
		login string
		world []func(*Context)
		line  string
		want  string
	}{
		{"a member", "dev", nil, "/demo https://youtu.be/abc it runs", "/demo v1.38 https://youtu.be/abc it runs as member"},
		{"of another SIG", "sched-fac", nil, "/demo 1.38 HTTPS://YouTu.be/aBc", "/demo v1.38 https://youtu.be/aBc as member"},
		{"a text that looks like a release", "dev", nil, "/demo https://youtu.be/abc v1.39 w1-2 80%", "/demo v1.38 https://youtu.be/abc v1.39 w1-2 80% as member"},
		{"the milestone tells the cycle", "dev", []func(*Context){both, milestone("v1.39")}, "/demo https://youtu.be/abc", "/demo v1.39 https://youtu.be/abc as member"},
		{"somebody else", "stranger", nil, "/demo https://youtu.be/abc", "role: /demo https://youtu.be/abc"},
		{"nobody can tell", "dev", []func(*Context){speechless}, "/demo https://youtu.be/abc", "could-not-check: /demo https://youtu.be/abc"},
		{"two cycles", "dev", []func(*Context){both}, "/demo https://youtu.be/abc", "which-cycle: /demo v1.39 https://youtu.be/abc"},
		{"no address", "dev", nil, "/demo", "missing: /demo https://testgrid.k8s.io/sig-node-containerd"},
		{"without a scheme", "dev", nil, "/demo youtu.be/abc it runs", "shape: /demo https://youtu.be/abc it runs"},
		{"a user name in it", "dev", nil, "/demo https://me:secret@youtu.be/abc", "shape: /demo https://youtu.be/abc"},
		{"cancel", "dev", nil, "/demo cancel", "shape: /demo https://testgrid.k8s.io/sig-node-containerd cancel"},
		{"on a pull request", "dev", []func(*Context){pull}, "/demo https://youtu.be/abc", "place: /demo https://youtu.be/abc"},
	} {
		v, p := judged(t, world(tc.login, tc.world...), tc.line)
		got := ""
		if p != nil {
			got = p.Code + ": " + p.Fix
		} else {
			got = strings.Join(v.Commands, "\n") + " as " + string(v.Grant.Role)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
	_, p := judged(t, world("stranger"), "/demo https://youtu.be/abc")
	if d := cmp.Diff([]string{"any member of the organisation"}, p.Allowed); d != "" {
		t.Errorf("who may (-want +got):\n%s", d)
	}
}
