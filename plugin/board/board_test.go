package board

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// addresses are all pages of a world, for tests that hold for each.
func addresses(w *world) []string {
	all := []string{"/plan/", "/plan/v1.38", "/plan/v1.38/notes", "/plan/v1.38/demos", "/plan/v1.38/exceptions", "/plan/v1.38/survey", "/plan/v1.38/calibration", "/nowhere"}
	for _, k := range w.keys {
		all = append(all, "/item/"+strings.Replace(k.String(), "#", "/", 1))
	}
	for _, a := range all {
		all = append(all, strings.TrimSuffix(a, "/")+".json")
	}
	return append(all, "/plan/v1.38/notes.md", "/plan/.json")
}

// TestPrivateDoesNotExist: with private items in the source every page is, byte for
// byte, what it is without them, also where a public item asks one or is asked by one.
func TestPrivateDoesNotExist(t *testing.T) {
	for name, begin := range map[string]func() *world{"open": votesOpen, "late": lateJanuary} {
		t.Run(name, func(t *testing.T) { privateDoesNotExist(t, begin) })
	}
}

func privateDoesNotExist(t *testing.T, begin func() *world) {
	build := func(there, leaky bool) *world {
		w := begin()
		w.leaky = leaky
		w.says(kepKey(1287), "node-fac", "24 10:01", "/depends-on v1.38 kubernetes/security#77 by w1-2", "/provide kubernetes/security#77 v1.38 w1-2")
		w.says(planIssue, "node-fac", "24 10:01", "/plan order node kubernetes/enhancements#1287,kubernetes/security#77,kubernetes/enhancements#4033")
		if !there {
			return w
		}
		s := w.add(secret, "node", "Hush: embargoed fix")
		s.issue.Private = true
		s.issue.Body = "- [ ] hidden step\n"
		w.says(secret, "node-fac", "9 10:00", "/commit v1.38 w1-2 90%", "/readout ready v1.38")
		w.says(secret, "node-fac", "9 11:00", "/depends-on v1.38 kubernetes/enhancements#4381 by w1-2")
		w.says(secret, "node-fac", "9 12:00", "/provide kubernetes/enhancements#1287 decline v1.38 embargo")
		w.says(secret, "arch-lead", "9 13:00", "B1 /block v1.38 hush hush", "Q1 /question v1.38 hush?", "R1 /risk v1.38 hush!")
		return w
	}
	without := build(false, false)
	clean := freeze(without)
	for _, leaky := range []bool{false, true} {
		with := build(true, leaky)
		leak := frozen{hideFromVote(with, without), freeze(with).items}
		for _, path := range addresses(without) {
			want, got := get(t, clean, path), get(t, leak, path)
			if want.Code != got.Code || want.Body.String() != got.Body.String() {
				t.Errorf("leaky %v: %s tells of a private item:\n%s", leaky, path, firstDifference(want.Body.String(), got.Body.String()))
			}
		}
		for _, path := range []string{"/item/kubernetes/security/77", "/item/kubernetes/security/77.json"} {
			if got := get(t, leak, path); got.Code != http.StatusNotFound || strings.Contains(got.Body.String(), "77") {
				t.Errorf("%s: %d\n%s", path, got.Code, got.Body)
			}
		}
	}
}

// hideFromVote is the plan with private items in every list that holds items. Who has a
// seat and what is due is as without them: decisions stand on the plan issue for everybody
// to read, and are made of what may be told there.
func hideFromVote(with, without *world) []Plan {
	plans, clean := with.Plans(), without.Plans()
	p := &plans[0]
	a := p.Assessment
	p.Assessment = clean[0].Assessment
	p.Assessment.IfApproved = plan.Outcome{Labelled: append(a.IfApproved.Labelled, secret), Losing: append(a.IfApproved.Losing, secret)}
	p.Assessment.Changed = append(a.Changed, plan.Change{Key: secret})
	p.Assessment.Findings = append(a.Findings, plan.Finding{Code: plan.ItemWithoutSIG, Key: secret})
	p.Assessment.Previews = slices.Clone(p.Assessment.Previews)
	for n := range p.Assessment.Previews {
		p.Assessment.Previews[n].Items = append(slices.Clone(p.Assessment.Previews[n].Items), plan.SnapshotItem{Key: secret, Title: "Hush"})
	}
	p.Assessment.Approval.Items = maps.Clone(p.Assessment.Approval.Items)
	if p.Assessment.Approval.Round > 0 {
		p.Assessment.Approval.Items[secret] = "digest"
	}
	p.Draft.Sections = append(p.Draft.Sections, plan.DraftSection{SIG: "hush", Notes: []plan.DraftNote{{Key: secret, Title: "Hush"}}})
	p.Draft.Loose = append(slices.Clone(p.Draft.Loose), custody.Merge{Repo: secret.Repository(), Number: 5, Title: "Hush"})
	last := *p.Assessment.Last
	last.Opened.Items = append(slices.Clone(last.Opened.Items), plan.SnapshotItem{Key: secret})
	p.Assessment.Last = &last
	p.Demos = append(slices.Clone(p.Demos), Demo{Key: secret, Title: "Hush", Text: "hush"})
	p.NoDemo = append(slices.Clone(p.NoDemo), secret)
	p.Exceptions = append(slices.Clone(p.Exceptions), ItemException{Key: secret, Title: "Hush", Exception: work.Exception{State: work.ExceptionDraft}})
	return plans
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for n := range min(len(a), len(b)) {
		if a[n] != b[n] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", n+1, a[n], b[n])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(a), len(b))
}

// TestPrivatePlanDoesNotExist: a plan issue in a private repository has no page.
func TestPrivatePlanDoesNotExist(t *testing.T) {
	f := freeze(votesOpen())
	f.plans[0].Private = true
	for _, path := range []string{"/plan/v1.38", "/plan/v1.38.json", "/plan/v1.38/notes", "/plan/v1.38/"} {
		if got := get(t, f, path); got.Code != http.StatusNotFound || strings.Contains(got.Body.String(), "v1.38") {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	for _, path := range []string{"/plan/", "/plan.json", "/item/kubernetes/enhancements/4381"} {
		if got := get(t, f, path); strings.Contains(got.Body.String(), "plan/v1.38") {
			t.Errorf("%s links to it", path)
		}
	}
}

// hostile is what people could write where a page shows it.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</title><svg onload=alert(1)>`, "`</code><b>x", `[x](javascript:alert(1))`,
	"</details><details><summary>x</summary>", "{{.Root}}", "<!-- x -->", "a\u202eb\u200fc", "](https://evil.example) [x](https://evil.example)",
	"| a | b |\n|---|---|\n| c | d |", "https://evil.example/", "![x](https://evil.example/x.png)", "\x00\x07\xff", strings.Repeat("W", 5000),
}

func hostileWorld() *world { return hostileWorldOf(hostile) }

func hostileWorldOf(texts []string) *world { return hostileIn(votesOpen(), texts) }

func hostileIn(w *world, texts []string) *world {
	for n, text := range texts {
		k := kepKey(7000 + n)
		s := w.add(k, "node", text)
		s.issue.Assignees = []string{text}
		s.issue.Body = "```release-note\n" + text + "\n```\n\n- [ ] " + text + "\n"
		line := strings.NewReplacer("\n", " ", "\x00", "").Replace(text)
		w.says(k, "node-fac", "9 14:02", "/commit v1.38 w1-2 90%", "/depends-on v1.38 kubernetes/enhancements#4381 by w1-2 "+line)
		w.says(k, "arch-lead", "10 14:02", "B1 /block v1.38 "+line, "Q1 /question v1.38 "+line, "R1 /risk v1.38 "+line)
		w.says(k, text+"-fac", "11 14:02", "/readout ready v1.38", "/progress slipped "+line)
		w.shows(7000+n, text, text, work.Said{})
		w.shows(7000+n, "https://example.com/"+text, text, w.spoke(text+"-fac", "11 15:00"))
		w.noDemo = append(w.noDemo, kepKey(7000+n))
		w.requests(7000+n, work.Exception{State: work.ExceptionDraft, ExceptionText: work.ExceptionText{Reason: text, Why: text, RiskLate: text, RiskCut: text, PRs: text}, Needed: []string{text}, Waiting: []string{text},
			Votes: []work.ExceptionVote{{Asked: work.AskedBy(w.spoke("pm", "11 16:00")), Text: text}}, Supports: []work.Support{{SIG: text, Asked: work.AskedBy(w.spoke(text+"-fac", "11 16:00"))}}})
		w.exceptions[len(w.exceptions)-1].Freeze = text
		if n == 0 {
			w.says(planIssue, "node-fac", "17 10:00", "/vote 1 "+line)
			w.says(planIssue, "pm", "17 11:00", "/plan survey open")
		}
		w.says(planIssue, text+"-fac", "17 12:00", "/nps 3 sig-node "+line)
	}
	return w
}

// allowedTags are the elements that templates use.
var allowedTags = map[string]bool{}

func init() {
	for tag := range strings.FieldsSeq("html head meta title link body a header nav ul li main h1 h2 h3 p strong em section div table caption thead tbody tr th td span br ol code pre details summary article footer time bdi svg g path rect text") {
		allowedTags[tag] = true
	}
}

// TestHostileText: whatever people wrote, a page has only the elements of its template,
// no script, no style of its own, no event handler, and links where they may lead.
func TestHostileText(t *testing.T) { harmless(t, hostileWorld()) }

// FuzzBoard holds the same for any text.
func FuzzBoard(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 1000 && strings.TrimSpace(s) != "" {
			w := newWorld()
			w.add(kepKey(4381), "node", "Asked for")
			harmless(t, hostileIn(w, []string{s}))
		}
	})
}

func harmless(t *testing.T, world *world) {
	w := freeze(world)
	for _, path := range addresses(world) {
		body := get(t, w, path).Body.String()
		if strings.HasSuffix(path, "json") || strings.HasSuffix(path, ".md") {
			continue
		}
		for _, bad := range []rune{0, 7, '\u202e', '\u200f', '\uFFFE'} {
			if path != "/plan/v1.38/notes" && strings.ContainsRune(body, bad) { // there the Markdown file is shown as it is
				t.Errorf("%s holds %U", path, bad)
			}
		}
		z := html.NewTokenizer(strings.NewReader(body))
		for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
			if tt == html.CommentToken {
				t.Errorf("%s has a comment: %s", path, z.Raw())
			}
			if tt != html.StartTagToken && tt != html.SelfClosingTagToken {
				continue
			}
			tag := z.Token()
			if !allowedTags[tag.Data] {
				t.Errorf("%s has the element %s", path, tag)
			}
			for _, a := range tag.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" {
					t.Errorf("%s has the attribute %s", path, tag)
				}
				if a.Key == "href" && (path != "/plan/v1.38/demos" || outside(a.Val) == "" || !slices.Contains(tag.Attr, noReferrer)) {
					checkLink(t, path, a.Val)
				}
			}
		}
	}
}

// noReferrer marks links to where people said that a demo is.
var noReferrer = html.Attribute{Key: "rel", Val: "nofollow noreferrer"}

var ownLink = regexp.MustCompile(`^(?:\./|(?:\.\./)+)(?:plan/[A-Za-z0-9./]*|plan\.json|item/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/[0-9]+(?:\.json)?)$|^#[a-z]+$`)

func checkLink(t *testing.T, path, href string) {
	t.Helper()
	if ownLink.MatchString(href) || href == site.Commands {
		return
	}
	u, err := url.Parse(href)
	if err != nil || u.Scheme != "https" || u.Host != "github.com" {
		t.Errorf("%s links to %q", path, href)
	}
}

// TestLinksWork: every link within the board leads to a page that is there, also when a
// proxy has the board under a prefix.
func TestLinksWork(t *testing.T) {
	f := freeze(lateJanuary())
	handler := http.StripPrefix("/steelthread", New(site, f))
	for _, path := range addresses(lateJanuary()) {
		base, err := url.Parse("http://board.test/steelthread" + path)
		if err != nil {
			t.Fatal(err)
		}
		z := html.NewTokenizer(bytes.NewReader(get(t, f, path).Body.Bytes()))
		for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
			for _, a := range z.Token().Attr {
				if a.Key != "href" || strings.HasPrefix(a.Val, "https://") {
					continue
				}
				to, err := base.Parse(a.Val)
				if err != nil {
					t.Fatal(err)
				}
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, to.String(), nil))
				if w.Code != http.StatusOK && to.Path != base.Path {
					t.Errorf("%s: %s leads to %s: %d", path, a.Val, to.Path, w.Code)
				}
			}
		}
	}
}

// TestReadAloud: a page has a language, a title, one h1, headings without gaps, and each
// table a caption and heads with a scope.
func TestReadAloud(t *testing.T) {
	f := freeze(lateJanuary())
	for _, path := range addresses(lateJanuary()) {
		if strings.HasSuffix(path, "json") || strings.HasSuffix(path, ".md") {
			continue
		}
		root, err := html.Parse(get(t, f, path).Body)
		if err != nil {
			t.Fatal(err)
		}
		seen, level := map[string]int{}, 0
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Namespace == "" { // a drawing has titles of its own
				seen[n.Data]++
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && unicode.IsDigit(rune(n.Data[1])) {
				if now := int(n.Data[1] - '0'); now > level+1 {
					t.Errorf("%s: h%d after h%d", path, now, level)
				} else {
					level = now
				}
			}
			if n.Data == "th" && attr(n, "scope") == "" {
				t.Errorf("%s: a th without scope", path)
			}
			if n.Data == "table" && (n.FirstChild.NextSibling.Data != "caption" || heard(n.FirstChild.NextSibling) == "") {
				t.Errorf("%s: a table without a caption", path)
			}
		}
		if seen["h1"] != 1 || seen["main"] != 1 || seen["title"] != 1 || seen["meta"] != 3 {
			t.Errorf("%s: %v", path, seen)
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func heard(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// TestJSONRoundTrip: what is read back and written again is the same, and no field is
// unknown.
func TestJSONRoundTrip(t *testing.T) {
	for name, w := range map[string]*world{"not opened": threeSIGs(), "late": lateJanuary(), "over": march(), "hostile": hostileWorld(), "empty": newWorld()} {
		f := freeze(w)
		for _, path := range addresses(w) {
			var into any
			switch {
			case !strings.HasSuffix(path, "json"):
				continue
			case strings.Contains(path, "nowhere"):
				into = &lost{}
			case strings.Contains(path, "/item/"):
				into = &itemDoc{}
			case strings.Contains(path, "demos"):
				into = &demosDoc{}
			case strings.Contains(path, "exceptions"):
				into = &exceptionsDoc{}
			case strings.Contains(path, "survey"):
				into = &surveyDoc{}
			case strings.Contains(path, "calibration"):
				into = &calibrationDoc{}
			case strings.Contains(path, "notes"):
				into = &notesDoc{}
			case strings.Contains(path, "v1"):
				into = &planDoc{}
			default:
				into = &listDoc{}
			}
			body := get(t, f, path).Body.Bytes()
			d := json.NewDecoder(bytes.NewReader(body))
			d.DisallowUnknownFields()
			if err := d.Decode(into); err != nil {
				t.Fatalf("%s: %s: %v", name, path, err)
			}
			var again bytes.Buffer
			e := json.NewEncoder(&again)
			e.SetIndent("", "  ")
			if err := e.Encode(into); err != nil {
				t.Fatal(err)
			}
			if again.String() != string(body) {
				t.Errorf("%s: %s: %s", name, path, firstDifference(string(body), again.String()))
			}
		}
	}
}
