package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin"
)

func TestMarkdownIsSafeAndLikeGitHubs(t *testing.T) {
	m := newMarkdown(testBase, []string{"k/e"})
	tests := []struct{ name, in, want string }{
		{"a script", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"a script in a line", "a <script>x</script> b", "<p>a &lt;script&gt;x&lt;/script&gt; b</p>\n"},
		{"an attribute", "<details onclick=x>y</details>", "&lt;details onclick=x&gt;y"},
		{"a picture with a handler", "x <img src=a onerror=b>", "<p>x &lt;img src=a onerror=b&gt;</p>\n"},
		{"a link that runs", "[x](javascript:alert)", "<p><a href=\"\">x</a></p>\n"},
		{"a comment", "<!-- steelthread:record -->\nshown", "\n<p>shown</p>\n"},
		{"a comment in a line", "a <!-- b --> c", "<p>a  c</p>\n"},
		{"a comment that does not end", "<!-- a\n\nb", ""},
		{"a fold", "<details><summary>S: 1 < 2</summary>\n\n**b**\n\n</details>", "<details><summary>S: 1 &lt; 2</summary>\n<p><strong>b</strong></p>\n</details>"},
		{"a fold left open", "<details>\n\na", "<details>\n<p>a</p>\n</details>"},
		{"an end of nothing", "</details>\n\na", "\n<p>a</p>\n"},
		{"small and a break", "<sub>s</sub><br>t", "<p><sub>s</sub><br>t</p>\n"},
		{"a tag in code", "`<sub>`", "<p><code>&lt;sub&gt;</code></p>\n"},
		{"a task", "- [x] a", "<ul>\n<li><input checked=\"\" disabled=\"\" type=\"checkbox\"> a</li>\n</ul>\n"},
		{"home, by its own address", "[x](" + testBase + "/k/e/issues/7#issuecomment-1)", "<p><a href=\"/k/e/issues/7#issuecomment-1\">x</a></p>\n"},
		{"home, from GitHub", "https://github.com/k/e/issues/7 and https://github.com/k/f/issues/7",
			"<p><a href=\"/k/e/issues/7\">https://github.com/k/e/issues/7</a> and <a href=\"https://github.com/k/f/issues/7\">https://github.com/k/f/issues/7</a></p>\n"},
		{"a name that only begins so", "[x](https://github.com/k/else)", "<p><a href=\"https://github.com/k/else\">x</a></p>\n"},
		{"lines", "a\nb", "<p>a<br>\nb</p>\n"},
	}
	for _, test := range tests {
		if diff := cmp.Diff(strings.TrimSpace(test.want), strings.TrimSpace(string(m.html(test.in)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestWhatPeopleWriteIsEscaped(t *testing.T) {
	s := open(t, small(), false)
	evil := `"><script>alert(1)</script></textarea><script>alert(2)</script><img src=x onerror=alert(3)>`
	s.github.EditIssue("sam", "k", "e", 7, &evil, &evil)
	s.github.Comment("sam", "k", "e", 7, evil)
	for _, path := range []string{"/", "/k/e", "/k/e/issues/7", "/k/e/issues/7?part=live", "/k/e/issues/7?say=" + "%3Cscript%3Ealert(1)&told=%3Cscript%3Ealert(1)"} {
		page := s.get(t, path).Body.String()
		for _, never := range []string{"<script>alert", "<img"} {
			if strings.Contains(page, never) {
				t.Errorf("%s holds %q", path, never)
			}
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)") {
			t.Errorf("%s does not show what was written", path)
		}
	}
}

func TestOnlyTheSandboxItselfIsAnswered(t *testing.T) {
	s := open(t, small(), false)
	tests := []struct {
		name, method, host string
		header             map[string]string
		want               int
	}{
		{"its own name", "GET", "127.0.0.1:8080", nil, 200},
		{"localhost", "GET", "localhost:8080", nil, 200},
		{"loopback of IPv6", "GET", "[::1]:8080", nil, 200},
		{"another name", "GET", "evil.example:8080", nil, 421},
		{"another port", "GET", "127.0.0.1:8081", nil, 421},
		{"no port", "GET", "127.0.0.1", nil, 421},
		{"a form of the page", "POST", "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "same-origin"}, 303},
		{"a form from elsewhere", "POST", "127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a form by origin", "POST", "127.0.0.1:8080", map[string]string{"Origin": "http://evil.example"}, 403},
		{"a form by an opaque origin", "POST", "127.0.0.1:8080", map[string]string{"Origin": "null"}, 403},
		{"a program", "POST", "127.0.0.1:8080", nil, 303},
	}
	for _, test := range tests {
		path, body := "/", ""
		if test.method == "POST" {
			path, body = "/k/e/issues/7", "do=say&as=sam&body=hello"
		}
		req := httptest.NewRequest(test.method, testBase+path, strings.NewReader(body))
		req.Host = test.host
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range test.header {
			req.Header.Set(k, v)
		}
		if got := s.send(t, req); got.Code != test.want {
			t.Errorf("%s: got %d, want %d: %s", test.name, got.Code, test.want, got.Body)
		}
	}
	if got := len(s.at(t, "k/e#7").Comments); got != 2 {
		t.Errorf("got %d comments, want the page's and the program's", got)
	}
}

func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	s := open(t, small(), false)
	for _, path := range []string{"/", "/k/e/issues/7", "/sandbox/commands", "/sandbox/writes", "/k/e/blob/HEAD/OWNERS_ALIASES", "/k/e/tree/master/keps"} {
		w := s.get(t, path)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: got %d, policy %q", path, w.Code, w.Header().Get("Content-Security-Policy"))
		}
		for _, attribute := range []string{`src="http`, `href="http`, `action="http`, "//cdn"} {
			if strings.Contains(w.Body.String(), attribute) {
				t.Errorf("%s holds %s", path, attribute)
			}
		}
	}
	for path, kind := range map[string]string{"/sandbox/style.css": "text/css", "/sandbox/page.js": "text/javascript"} {
		if w := s.get(t, path); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: got %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func TestWhatIsNotThereIsSaid(t *testing.T) {
	s := open(t, small(), false)
	for _, path := range []string{"/k/e/issues/6", "/k/e/issues/seven", "/k/nothing", "/k/e/blob/HEAD/none", "/k/e/issues/7/raw/1"} {
		if w := s.get(t, path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "Not in this sandbox") {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
	bad := []struct {
		path string
		form []string
	}{
		{"/k/e/issues/7", []string{"do", "say", "as", "nobody", "body", "x"}},
		{"/sandbox/clock", []string{"by", "-1h"}},
		{"/sandbox/clock", []string{"by", "soon"}},
		{"/sandbox/lose", []string{"deliveries", "many"}},
	}
	for _, test := range bad {
		if w := s.post(t, test.path, test.form...); w.Code != http.StatusBadRequest {
			t.Errorf("%s %v: got %d, want 400", test.path, test.form, w.Code)
		}
	}
	if w := s.post(t, "/sandbox/clock", "by", "1h", "to", "//evil.example/"); w.Header().Get("Location") != "/" {
		t.Errorf("got sent to %q, want /", w.Header().Get("Location"))
	}
}

func TestCompletionKnowsEveryForm(t *testing.T) {
	s := open(t, small(), false)
	var got []completion
	if err := json.Unmarshal(s.get(t, "/sandbox/commands.json").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var want []completion
	for _, c := range plugin.Commands() {
		for _, f := range c.Forms {
			if !strings.HasPrefix(f.Usage, "/"+c.Verb) {
				t.Errorf("the usage %q does not begin with its verb", f.Usage)
			}
			want = append(want, completion{Verb: c.Verb, Usage: f.Usage, Summary: f.Summary, Who: f.Who, Place: c.Place, Examples: f.Examples})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 10 {
		t.Errorf("%d forms (-want +got):\n%s", len(got), diff)
	}
	page := s.get(t, "/sandbox/commands").Body.String()
	if want := `<code class="usage">/readout ready [release]</code>`; !strings.Contains(page, want) {
		t.Errorf("the reference lacks %s", want)
	}
}

func TestAnOpenPageHearsOfChanges(t *testing.T) {
	s := open(t, small(), false)
	server := httptest.NewServer(http.HandlerFunc(s.events))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != ": here" {
		t.Fatalf("got %q, want a greeting", lines.Text())
	}
	s.github.Comment("sam", "k", "e", 7, "hello")
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if want := `{"repo":"k/e","issue":7}`; data != want {
				t.Errorf("got %s, want %s", data, want)
			}
			return
		}
	}
	t.Errorf("the stream ended: %v", lines.Err())
}

func TestWritesInWords(t *testing.T) {
	tests := []struct{ method, path, sent, answer, want string }{
		{"POST", "/repos/k/e/issues/7/labels", `["plan/proposed"]`, "[]", "k/e#7: set the label plan/proposed"},
		{"POST", "/repos/k/e/issues/7/labels", `{"labels":["a","b"]}`, "[]", "k/e#7: set the label a, b"},
		{"DELETE", "/repos/k/e/issues/7/labels/plan%2Fblocked", "", "[]", "k/e#7: took the label off plan/blocked"},
		{"POST", "/repos/k/e/issues/7/comments", `{"body":"<!-- steelthread:record cycle=v1.38 -->\n### v1.38: committed\n"}`, `{"id":3}`, "k/e#7: wrote the record: v1.38: committed"},
		{"PATCH", "/repos/k/e/issues/comments/3", `{"body":"<!-- steelthread:notice key=reply-1-2 -->\nOne line of [your comment](http://x/y) was not taken:"}`,
			`{"id":3,"issue_url":"http://x/repos/k/e/issues/7"}`, "k/e#7: edited a reply: One line of your comment was not taken:"},
		{"DELETE", "/repos/k/e/issues/comments/3", "", "", "k/e#0: deleted a comment of its own"},
		{"POST", "/repos/k/e/issues/comments/3/reactions", `{"content":"+1"}`, `{"id":9}`, "k/e#0: reacted to a comment with 👍 taken"},
		{"PATCH", "/repos/k/e/issues/7", `{"milestone":null}`, "{}", "k/e#7: cleared the milestone"},
		{"PATCH", "/repos/k/e/issues/7", `{"milestone":2}`, `{"milestone":{"title":"v1.38"}}`, "k/e#7: set the milestone: v1.38"},
		{"PUT", "/user/something", "", "", "#0: PUT /user/something"},
	}
	for _, test := range tests {
		w := inWords(test.method, test.path, 200, []byte(test.sent), []byte(test.answer))
		if got := w.Repo + "#" + itoa(w.Issue) + ": " + w.String(); got != test.want {
			t.Errorf("%s %s: got %q, want %q", test.method, test.path, got, test.want)
		}
	}
}
