package contract

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

const commentsPath = "/repos/{owner}/{repo}/issues/{issue_number}/comments"

// commentExchange is a right exchange: a comment made, answered with the smallest answer that the description allows.
// change may alter the answer's body.
func commentExchange(t *testing.T, change func(comment map[string]any)) Record {
	t.Helper()
	c := checker(t)
	schema := c.router.doc.Paths.Value(commentsPath).Post.Responses.Status(http.StatusCreated).
		Value.Content.Get("application/json").Schema.Value
	comment := sample(schema).(map[string]any)
	if change != nil {
		change(comment)
	}
	return Record{
		Kind: KindExchange, Method: http.MethodPost, URL: "/repos/o/r/issues/12/comments",
		RequestHeader: http.Header{"Content-Type": {"application/json"}}, RequestBody: `{"body":"/commit"}`,
		Status:         http.StatusCreated,
		ResponseHeader: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		ResponseBody:   encode(t, comment),
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// lines gives the violations of a record as text.
func lines(t *testing.T, rec Record) []string {
	t.Helper()
	out := []string{}
	for _, v := range checker(t).Check(rec) {
		out = append(out, v.String())
	}
	return out
}

func TestRightExchangePasses(t *testing.T) {
	if diff := cmp.Diff([]string{}, lines(t, commentExchange(t, nil))); diff != "" {
		t.Errorf("violations of a right exchange (-want +got):\n%s", diff)
	}
}

const commenting = "POST " + commentsPath + ": "

// wrongExchanges are the ways in which a stand-in, or who asks it, may go wrong.
var wrongExchanges = map[string]struct {
	answer func(comment map[string]any)
	record func(rec *Record)
	want   []string // parts of the violations, in order
}{
	"a required field is missing": {
		answer: func(c map[string]any) { delete(c, "created_at") },
		want:   []string{commenting + "answer 201 /created_at: want required", "got nothing"},
	},
	"a field has another type": {
		answer: func(c map[string]any) { c["id"] = "12" },
		want:   []string{commenting + "answer 201 /id: want type", `got "12"`},
	},
	"a time is not RFC 3339": {
		answer: func(c map[string]any) { c["created_at"] = "yesterday" },
		want:   []string{commenting + "answer 201 /created_at: want format"},
	},
	"a URL is not one": {
		answer: func(c map[string]any) { c["html_url"] = "here" },
		want:   []string{commenting + "answer 201 /html_url: want format"},
	},
	"a field is invented": {
		answer: func(c map[string]any) { c["importance"] = 3 },
		want:   []string{commenting + "answer 201 /importance: want a field of the description"},
	},
	"a field is invented one level down": {
		answer: func(c map[string]any) { c["reactions"] = map[string]any{"+2": 1} },
		want:   []string{commenting + "answer 201 /reactions/+2: want a field of the description"},
	},
	"the status is another": {
		record: func(r *Record) { r.Status = http.StatusOK },
		want:   []string{commenting + "status: want one of 201", "got 200"},
	},
	"the answer is not JSON": {
		record: func(r *Record) { r.ResponseBody = "oops" },
		want:   []string{commenting + "answer 201: want failed to decode response body: invalid character"},
	},
	"the content type is another": {
		record: func(r *Record) { r.ResponseHeader = http.Header{"Content-Type": {"text/html"}} },
		want:   []string{commenting + "answer 201: want response header Content-Type has unexpected value"},
	},
	"an error without GitHub's error object": {
		record: func(r *Record) { r.Status, r.ResponseBody = http.StatusUnauthorized, `{"error":"x"}` },
		want:   []string{commenting + `answer 401: want an object with "message"`},
	},
	"the request lacks a field": {
		record: func(r *Record) { r.RequestBody = `{}` },
		want:   []string{commenting + "request body /body: want required"},
	},
	"the request has an unknown field": {
		record: func(r *Record) { r.RequestBody = `{"body":"x","label":"y"}` },
		want:   []string{commenting + "request body /label: want a field of the description"},
	},
	"the request has an unknown parameter": {
		record: func(r *Record) { r.URL += "?wait=1" },
		want:   []string{commenting + "query wait: want a parameter"},
	},
	"the issue's number is a word": {
		record: func(r *Record) { r.URL = "/repos/o/r/issues/twelve/comments" },
		want:   []string{commenting + "path issue_number: want"},
	},
	"the path does not exist": {
		record: func(r *Record) { r.URL = "/repos/o/r/issues/12/remarks" },
		want:   []string{"POST /repos/o/r/issues/12/remarks: route: want a path of the description"},
	},
	"the method does not exist": {
		record: func(r *Record) { r.Method = http.MethodPut },
		want:   []string{"PUT /repos/o/r/issues/12/comments: route: want a method"},
	},
	"graphql without a query": {
		record: func(r *Record) { r.URL = "/graphql" },
		want:   []string{`POST /graphql: request body: want a JSON object with "query"`},
	},
}

func TestWrongExchangesAreFound(t *testing.T) {
	for name, c := range wrongExchanges {
		t.Run(name, func(t *testing.T) {
			rec := commentExchange(t, c.answer)
			if c.record != nil {
				c.record(&rec)
			}
			got := strings.Join(lines(t, rec), "\n")
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %q, want it to contain %q", got, want)
				}
			}
		})
	}
}

func TestLenience(t *testing.T) {
	cases := map[string]func(rec *Record){
		"the prefix of GitHub Enterprise": func(r *Record) { r.URL = "/api/v3" + r.URL },
		"JSON that does not say so":       func(r *Record) { r.RequestHeader = nil },
		"a fault on purpose": func(r *Record) {
			r.Fault, r.Status, r.ResponseBody = "cut", http.StatusBadGateway, `{"mess`
		},
		"a repository by its id": func(r *Record) { r.URL = "/repositories/7/issues/12/comments" },
		"a refused body": func(r *Record) {
			r.RequestBody, r.Status = `{"text":1}`, http.StatusUnprocessableEntity
			r.ResponseBody = `{"message":"Validation Failed","documentation_url":"https://docs.github.com","status":"422"}`
		},
		"a body that is not JSON": func(r *Record) {
			r.RequestBody, r.Status, r.ResponseBody = `{"body`, http.StatusBadRequest, `{"message":"Problems parsing JSON"}`
		},
		"a rate limit": func(r *Record) { r.Status, r.ResponseBody = http.StatusTooManyRequests, `{"message":"slow"}` },
		"graphql": func(r *Record) {
			r.URL, r.RequestBody, r.ResponseBody = "/graphql", `{"query":"{viewer{login}}"}`, `{"data":{}}`
		},
		"raw contents": func(r *Record) {
			r.Method, r.URL, r.Status, r.RequestBody = http.MethodGet, "/repos/o/r/contents/a/b.txt?ref=x", http.StatusOK, ""
			r.RequestHeader = http.Header{"Accept": {"application/vnd.github.v3.raw"}}
			r.ResponseHeader, r.ResponseBody = http.Header{"Content-Type": {"text/plain"}}, "hello"
		},
		"a reference by the older path": func(r *Record) {
			r.Method, r.URL, r.Status, r.RequestBody = http.MethodGet, "/repos/o/r/git/refs/heads/main", http.StatusNotFound, ""
			r.ResponseBody = `{"message":"Not Found"}`
		},
		"not modified": func(r *Record) {
			r.Method, r.URL, r.Status, r.RequestBody = http.MethodGet, "/repos/o/r/labels", http.StatusNotModified, ""
			r.ResponseBody = ""
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			rec := commentExchange(t, nil)
			change(&rec)
			if diff := cmp.Diff([]string{}, lines(t, rec)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFaultStillJudgesTheRequest(t *testing.T) {
	rec := commentExchange(t, nil)
	rec.Fault, rec.RequestBody = "502", `{}`
	if got := lines(t, rec); len(got) != 1 || !strings.Contains(got[0], "request body /body") {
		t.Errorf("got %q, want one violation of the request", got)
	}
}

func TestRoutes(t *testing.T) {
	cases := []struct{ method, path, want, parameter, value string }{
		{"GET", "/repos/o/r/labels/kind/bug", "/repos/{owner}/{repo}/labels/{name}", "name", "kind/bug"},
		{"GET", "/repos/o/r/labels/kind%2Fbug", "/repos/{owner}/{repo}/labels/{name}", "name", "kind/bug"},
		{"DELETE", "/repos/o/r/issues/1/labels/a/b", "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", "name", "a/b"},
		{"GET", "/repos/o/r/contents/keps/sig-a/kep.yaml", "/repos/{owner}/{repo}/contents/{path}", "path", "keps/sig-a/kep.yaml"},
		{"GET", "/repos/o/r/contents/", "/repos/{owner}/{repo}/contents/{path}", "path", ""},
		{"GET", "/repos/o/r/contents", "/repos/{owner}/{repo}/contents/{path}", "path", ""},
		{"GET", "/repos/o/r/git/ref/heads/main", "/repos/{owner}/{repo}/git/ref/{ref}", "ref", "heads/main"},
		{"GET", "/repos/o/r/commits/heads/main/status", "/repos/{owner}/{repo}/commits/{ref}/status", "ref", "heads/main"},
		{"GET", "/repos/o/r/pulls/comments", "/repos/{owner}/{repo}/pulls/comments", "", ""},
		{"GET", "/repos/o/r/issues/events", "/repos/{owner}/{repo}/issues/events", "", ""},
		{"GET", "/repos/o//issues/1", "", "", ""},
		{"GET", "/nothing", "", "", ""},
	}
	for _, c := range cases {
		rt, params, _ := checker(t).router.find(c.method, c.path)
		got := ""
		if rt != nil {
			got = rt.Path
		}
		if got != c.want || params[c.parameter] != c.value {
			t.Errorf("%s %s: got %q with %q, want %q with %q", c.method, c.path, got, params[c.parameter], c.want, c.value)
		}
	}
}

// webhookRecord is the smallest right payload of a webhook. change may alter it.
func webhookRecord(t *testing.T, name, event, action string, change func(payload map[string]any)) Record {
	t.Helper()
	payload := sample(checker(t).webhooks.schemas[name]).(map[string]any)
	if action != "" {
		payload["action"] = action
	}
	if change != nil {
		change(payload)
	}
	return Record{Kind: KindWebhook, Event: event, Body: encode(t, payload)}
}

func TestWebhooks(t *testing.T) {
	cases := map[string]struct {
		change func(payload map[string]any)
		event  string
		want   string // "" for none
	}{
		"right":                {},
		"the comment is gone":  {change: func(p map[string]any) { delete(p, "comment") }, want: "/comment: want required"},
		"a number is a string": {change: func(p map[string]any) { p["issue"].(map[string]any)["number"] = "1" }, want: "/issue/number: want type: value must be an integer"},
		"a field is invented":  {change: func(p map[string]any) { p["mood"] = "good" }, want: "/mood: want a field of the description"},
		"the action is made up": {
			change: func(p map[string]any) { p["action"] = "shouted" },
			want:   "webhook issue-comment-shouted: event: want an event and action of the description",
		},
		"the event is made up": {event: "remark", want: "webhook remark-created: event"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rec := webhookRecord(t, "issue-comment-created", "issue_comment", "created", c.change)
			if c.event != "" {
				rec.Event = c.event
			}
			got := strings.Join(lines(t, rec), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryWebhookWeUseIsDescribed(t *testing.T) {
	for _, name := range []string{
		"ping", "push", "issues-opened", "issues-edited", "issues-labeled", "issues-milestoned", "issues-transferred",
		"issue-comment-created", "issue-comment-edited", "issue-comment-deleted", "issue-comment-pinned",
		"label-edited", "milestone-edited",
		"pull-request-opened", "pull-request-closed", "pull-request-review-submitted",
	} {
		if checker(t).webhooks.schemas[name] == nil {
			t.Errorf("%s: got no schema, want one", name)
		}
	}
}

func TestClosedLeavesOpenObjectsAlone(t *testing.T) {
	open := openapi3.NewObjectSchema()
	named := openapi3.NewObjectSchema().WithProperty("a", openapi3.NewStringSchema())
	cases := []struct {
		schema *openapi3.Schema
		want   []string
	}{
		{open, nil},
		{named, []string{"/b"}},
		{openapi3.NewAnyOfSchema(open, named), nil},
		{openapi3.NewObjectSchema().WithProperty("c", open).WithAnyAdditionalProperties(), nil},
		{openapi3.NewArraySchema().WithItems(named), nil},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, unknownFields(c.schema, map[string]any{"a": "x", "b": "y"})); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.schema, diff)
		}
	}
}

func TestReportCountsEqualMistakesOnce(t *testing.T) {
	var r Report
	v := Violation{Source: "a.jsonl:1", Subject: "GET /x", Part: "answer 200", Pointer: "/0/id", Want: "a number"}
	r.Add(v)
	v.Source, v.Pointer = "a.jsonl:2", "/17/id"
	r.Add(v)
	want := []string{"GET /x: answer 200 /*/id: want a number (2 times, first at a.jsonl:1)"}
	if diff := cmp.Diff(want, r.Lines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExceptionMatches(t *testing.T) {
	e := exception{Subject: "GET /repos*", Part: "answer", Pointer: "/*/body", Want: "required", Why: "test"}
	v := Violation{Subject: "GET /repos/{owner}/{repo}/x", Part: "answer 200", Pointer: "/3/body", Want: "required: …"}
	if !e.matches(v) {
		t.Error("got no match, want one")
	}
	for name, other := range map[string]Violation{
		"another subject": {Subject: "POST /repos", Part: v.Part, Pointer: v.Pointer, Want: v.Want},
		"another part":    {Subject: v.Subject, Part: "query", Pointer: v.Pointer, Want: v.Want},
		"another pointer": {Subject: v.Subject, Part: v.Part, Pointer: "/3/title", Want: v.Want},
		"another text":    {Subject: v.Subject, Part: v.Part, Pointer: v.Pointer, Want: "type"},
	} {
		if e.matches(other) {
			t.Errorf("%s: got a match, want none", name)
		}
	}
	for pointer, want := range map[string]bool{"/a": true, "/x/0/a": true, "/b": false, "/a/b": false, "": false} {
		if got := pointerMatches("**/a", pointer); got != want {
			t.Errorf("%q: got %v, want %v", pointer, got, want)
		}
	}
	for _, known := range exceptions {
		if known.Why == "" || known.Subject == "" || known.Want == "" {
			t.Errorf("%+v: an exception says what, where and why", known)
		}
	}
}

// TestClosestFormIsExplained: GET /user answers one of two kinds of user, and user_view_type says which. The message names
// what is missing from that one, not just that neither fits.
func TestClosestFormIsExplained(t *testing.T) {
	schema := checker(t).router.doc.Paths.Value("/user").Get.Responses.Status(http.StatusOK).
		Value.Content.Get("application/json").Schema.Value
	user := sample(schema.OneOf[1].Value).(map[string]any)
	user["user_view_type"] = "public"
	delete(user, "login")
	got := lines(t, Record{
		Kind: KindExchange, Method: http.MethodGet, URL: "/user", Status: http.StatusOK,
		ResponseHeader: http.Header{"Content-Type": {"application/json"}}, ResponseBody: encode(t, user),
	})
	if len(got) != 1 || !strings.Contains(got[0], "GET /user: answer 200 /login: want as public-user: required") {
		t.Errorf("got %q, want the missing login", got)
	}
}
