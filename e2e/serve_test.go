package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"sigs.k8s.io/prow/pkg/plugins"
)

// chain is all that lies between a comment and its answer: the stand-in sends its webhooks to the real hook, hook passes
// them on to the real server, the server reads and writes at the stand-in.
type chain struct {
	*github
	hook                         *hookServer
	config, key, token           string // files
	port, health, metrics, pprof int
	as                           string // the account that the server writes as
}

// The two issues that the tests speak on: a KEP of SIG Node, and what it needs from SIG Scheduling in another repository.
var (
	asking = address{"kubernetes", "enhancements", 4381}
	giving = address{"kubernetes", "kubernetes", 130512}
)

// address is where an issue is.
type address struct {
	org, repo string
	number    int
}

func (a address) String() string { return fmt.Sprintf("%s/%s#%d", a.org, a.repo, a.number) }

// cycleName is the release that is open in these tests.
const cycleName = "v1.38"

// cycleConfig is a configuration whose one cycle began this Monday.
func cycleConfig(now time.Time) string {
	monday := now.UTC().AddDate(0, 0, -int(now.UTC().Weekday()+6)%7)
	day := func(weeks int) string { return monday.AddDate(0, 0, 7*weeks).Format(time.DateOnly) }
	return `repos:
  work:
    kubernetes/enhancements: {}
    kubernetes/kubernetes: {}
  bots: [` + prowLogin + `]
roles:
  facilitator: kubernetes/enhancements:OWNERS_ALIASES#sig-{sig}-facilitators
  lead: kubernetes/enhancements:OWNERS_ALIASES#sig-{sig}-leads
  releaseLead: kubernetes/release-team-leads
  productManagement: kubernetes/enhancements:OWNERS_ALIASES#product-management
  programme:
    architecture: kubernetes/enhancements:OWNERS_ALIASES#sig-architecture-leads
cycles:
- name: ` + cycleName + `
  start: ` + day(0) + `
  end: ` + day(13) + `
  freezes:
    code: {at: ` + day(8) + `}
`
}

// worldFiles are the files of kubernetes/enhancements.
var worldFiles = map[string]string{
	"OWNERS_ALIASES": `aliases:
  sig-node-leads: [node-lead]
  sig-node-facilitators: [node-fac]
  sig-scheduling-leads: [sched-lead]
  sig-scheduling-facilitators: [sched-fac]
  sig-architecture-leads: [arch-lead]
  product-management: [pm]
`,
	"keps/sig-node/4381-dra-structured-parameters/kep.yaml": `title: DRA structured parameters
kep-number: 4381
authors: ["@dev"]
owning-sig: sig-node
status: implementable
stage: beta
latest-milestone: ` + cycleName + `
`,
	"keps/sig-scheduling/4816-dra-prioritized-list/kep.yaml": `title: DRA prioritized alternatives
kep-number: 4816
authors: ["@sched-dev"]
owning-sig: sig-scheduling
status: implementable
stage: alpha
latest-milestone: ` + cycleName + `
`,
}

// fillWorld makes organisation, repositories, people, labels and files. Nothing is said yet.
func fillWorld(t *testing.T, gh *github) {
	t.Helper()
	gh.AddOrg("kubernetes", prowLogin, "node-fac", "node-lead", "sched-fac", "sched-lead", "arch-lead", "pm", "rel-lead", "dev", "sched-dev", "maintainer")
	gh.AddUser("stranger")
	gh.AddTeam("kubernetes", "release-team-leads", "rel-lead")
	_, labels := wantedLabels(t)
	for _, repo := range []string{"enhancements", "kubernetes"} {
		gh.AddRepo("kubernetes", repo, false)
		gh.SetPermission("kubernetes", repo, prowLogin, "write")
		gh.SetPermission("kubernetes", repo, "maintainer", "write")
		gh.AddMilestone("kubernetes", repo, cycleName, "open", nil)
		for _, l := range labels {
			gh.AddLabel("kubernetes", repo, l.Name, l.Color, l.Description)
		}
	}
	files := map[string]*string{}
	for path, text := range worldFiles {
		files[path] = &text
	}
	gh.Commit("kubernetes", "enhancements", "main", "maintainer", "Files", time.Now().Add(-48*time.Hour), files)
}

// openIssues opens the two issues.
func openIssues(gh *github) {
	gh.NextNumber("kubernetes", "enhancements", asking.number)
	gh.OpenIssue("dev", "kubernetes", "enhancements", "DRA: structured parameters", "- [ ] API types\n- [ ] Scheduler plugin\n- [ ] e2e tests")
	gh.NextNumber("kubernetes", "kubernetes", giving.number)
	gh.OpenIssue("sched-dev", "kubernetes", "kubernetes", "Expose resource pools", "Part of KEP-4816: https://github.com/kubernetes/enhancements/issues/4816")
}

// startChain starts the stand-in and hook, with inTree of hook's own plugins, and writes what the server reads. The server
// itself is started by serve.
func startChain(t *testing.T, inTree ...string) *chain {
	t.Helper()
	c := &chain{github: startGitHub(t), port: freePort(t), health: freePort(t), metrics: freePort(t), pprof: freePort(t), as: prowLogin}
	dir := t.TempDir()
	c.config = writeFile(t, dir, "config.yaml", cycleConfig(time.Now()))
	c.token = writeFile(t, dir, "token", prowToken+"\n")
	c.key = filepath.Join(dir, "key")
	if r := run(t, own(t, "steelthread"), "keygen", "--out", c.key, "--name", "e2e"); r.code != 0 {
		t.Fatalf("keygen: %s", r)
	}
	fillWorld(t, c.github)
	c.hook = startHook(t, c.URL, map[string][]plugins.ExternalPlugin{"kubernetes": {externalPlugin(local(c.port, "/"))}}, inTree...)
	c.SetWebhook(githubsim.Post(nil, c.hook.URL, webhookSecret))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of the world:\n%s", c.dump())
		}
	})
	return c
}

// flags are what the server is started with, beside who it is on GitHub.
func (c *chain) flags() []string {
	return []string{
		"serve", "--config=" + c.config, "--hmac-secret-file=" + c.hook.HMACFile, "--signing-key-path=" + c.key,
		"--github-endpoint=" + c.URL, "--github-graphql-endpoint=" + c.URL + "/graphql",
		fmt.Sprintf("--port=%d", c.port), fmt.Sprintf("--health-port=%d", c.health),
		fmt.Sprintf("--metrics-port=%d", c.metrics), fmt.Sprintf("--pprof-port=%d", c.pprof),
	}
}

// serve starts the server as the bot account, writing, and waits until it has read everything. more come last: a flag
// given twice has its last value.
func (c *chain) serve(t *testing.T, more ...string) *process {
	t.Helper()
	args := append(c.flags(), "--github-token-path="+c.token, "--dry-run=false")
	return c.serveWith(t, append(args, more...))
}

func (c *chain) serveWith(t *testing.T, args []string) *process {
	t.Helper()
	p := start(t, own(t, "steelthread"), nil, args...)
	p.await(t, local(c.health, "/healthz/ready"))
	return p
}

// fetch reads a page of the server.
func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return string(body)
}

// result is how a program that ends by itself has ended.
type result struct {
	out, diag string
	code      int
}

func (r result) String() string { return fmt.Sprintf("exit code %d\n%s%s", r.code, r.out, r.diag) }

// run runs a program to its end.
func run(t *testing.T, path string, args ...string) result {
	t.Helper()
	var out, diag bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = cleanEnv(), &out, &diag
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run %s: %v", path, err)
	}
	return result{out.String(), diag.String(), cmd.ProcessState.ExitCode()}
}

func (c *chain) issue(a address) githubsim.IssueSnapshot { return c.Issue(a.org, a.repo, a.number) }

// says comments on an issue as a persona, line by line.
func (c *chain) says(login string, where address, lines ...string) int64 {
	return c.Comment(login, where.org, where.repo, where.number, strings.Join(lines, "\n"))
}

// ours lists the server's comments of one kind on an issue: custody.KindRecord, custody.KindNotice.
func (c *chain) ours(where address, kind custody.Kind) []githubsim.CommentSnapshot {
	return slices.DeleteFunc(slices.Clone(c.issue(where).Comments), func(one githubsim.CommentSnapshot) bool {
		m, ok := custody.FindMarker(one.Body)
		return !ok || one.Author != c.as || m.Kind != kind
	})
}

// notices lists the notices on an issue whose key begins as given.
func (c *chain) notices(where address, key string) []githubsim.CommentSnapshot {
	return slices.DeleteFunc(c.ours(where, custody.KindNotice), func(one githubsim.CommentSnapshot) bool {
		m, _ := custody.FindMarker(one.Body)
		return !strings.HasPrefix(m.Key, key)
	})
}

// record is the text of an issue's record, "" if there is none.
func (c *chain) record(where address) string {
	if list := c.ours(where, custody.KindRecord); len(list) > 0 {
		return list[0].Body
	}
	return ""
}

func (c *chain) hasLabel(where address, name string) bool {
	return slices.Contains(c.issue(where).Labels, name)
}

// accepted reports whether the server has put its reaction on a comment.
func (c *chain) accepted(where address, id int64) bool {
	for _, one := range c.issue(where).Comments {
		if one.ID == id {
			return slices.Equal(one.Reactions["+1"], []string{c.as})
		}
	}
	return false
}

// await waits until the world is as it should be.
func (c *chain) await(t *testing.T, what string, there func() bool) {
	t.Helper()
	waitFor(t, what, readyLimit, func() (bool, error) { return there(), nil })
}

// awaitRecord waits until the record of an issue holds all of the texts.
func (c *chain) awaitRecord(t *testing.T, where address, texts ...string) {
	t.Helper()
	c.await(t, fmt.Sprintf("a record on %s with %q", where, texts), func() bool {
		record := c.record(where)
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(record, text) })
	})
}

// awaitAccepted waits for the reaction on a comment.
func (c *chain) awaitAccepted(t *testing.T, where address, id int64) {
	t.Helper()
	c.await(t, fmt.Sprintf("the reaction on comment %d of %s", id, where), func() bool { return c.accepted(where, id) })
}

// dump writes down both issues.
func (c *chain) dump() string {
	var b strings.Builder
	for _, repo := range []string{"enhancements", "kubernetes"} {
		for _, i := range c.Issues("kubernetes", repo) {
			fmt.Fprintf(&b, "===== %s#%d %q, labels %v\n", repo, i.Number, i.Title, i.Labels)
			for _, one := range i.Comments {
				fmt.Fprintf(&b, "--- comment %d by %s, %v\n%s\n", one.ID, one.Author, one.Reactions, visible(one.Body))
			}
		}
	}
	return b.String()
}

// visible is a comment without what HTML comments hide.
func visible(body string) string {
	var out strings.Builder
	for body != "" {
		before, rest, _ := strings.Cut(body, "<!--")
		_, after, _ := strings.Cut(rest, "-->")
		out.WriteString(before)
		body = after
	}
	return strings.TrimSpace(out.String())
}

// isWrite tells what changes GitHub: not a read, not a query.
func isWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && !strings.HasSuffix(r.URL.Path, "/graphql")
}
