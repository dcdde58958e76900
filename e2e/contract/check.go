package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Violation is one difference between a record and the description.
type Violation struct {
	Source  string // "file:line" of the record
	Subject string // "POST /repos/{owner}/{repo}/issues" or "webhook issue-comment-created"
	Part    string // "route", "query", "path", "request body", "status", "answer" or "payload"
	Pointer string // JSON pointer into the body, or the parameter's name; "" for the whole
	Want    string // what the description says
	Got     string // what was there
}

// String gives one line: who, where, what was expected, what was there.
func (v Violation) String() string {
	place := v.Part
	if v.Pointer != "" {
		place += " " + v.Pointer
	}
	s := v.Subject + ": " + place + ": want " + v.Want
	if v.Got != "" {
		s += ", got " + v.Got
	}
	return s
}

// Checker judges records. It is not safe for concurrent use.
type Checker struct {
	router   *router
	webhooks *webhooks
}

// commonStatus are the answers that every operation may give although the description lists them for some only:
// conditional requests, moved repositories, permissions, private repositories, validation, rate limits, outages.
var commonStatus = []int{
	http.StatusNotModified, http.StatusMovedPermanently, http.StatusTemporaryRedirect,
	http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity,
	http.StatusTooManyRequests,
	http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// Check returns what is wrong with the record, without what exceptions excuse.
func (c *Checker) Check(rec Record) []Violation {
	var found []Violation
	if rec.Kind == KindWebhook {
		found = c.webhooks.check(rec)
	} else {
		found = c.exchange(rec)
	}
	for i := range found {
		found[i].Source = rec.Source
	}
	return slices.DeleteFunc(found, excused)
}

// byID is how GitHub's redirects name a repository that was renamed or transferred: /repositories/503/issues/2. The
// description has no such paths; they answer as those by name do.
var byID = regexp.MustCompile(`^/repositories/[0-9]+(/|$)`)

func (c *Checker) exchange(rec Record) []Violation {
	target, err := url.Parse(rec.URL)
	if err != nil {
		return []Violation{{Subject: rec.Method + " " + rec.URL, Part: "route", Want: "a URL", Got: err.Error()}}
	}
	path := strings.TrimPrefix(target.EscapedPath(), "/api/v3")
	path = byID.ReplaceAllString(path, "/repos/by/id$1")
	if rec.Method == http.MethodGet {
		path = strings.Replace(path, "/git/refs/", "/git/ref/", 1)
	}
	if path == "/graphql" || path == "/api/graphql" {
		return graphql(rec)
	}
	rt, params, known := c.router.find(rec.Method, path)
	if rt == nil {
		want := "a path of the description"
		if known {
			want = "a method that the description has for this path"
		}
		return []Violation{{Subject: rec.Method + " " + path, Part: "route", Want: want, Got: rec.Method + " " + path}}
	}
	in, err := requestInput(rec, target, rt, params)
	if err != nil {
		return []Violation{{Subject: subject(rt), Part: "request", Want: "a request", Got: err.Error()}}
	}
	found := c.request(rec, in)
	if rec.Fault == "" {
		found = append(found, answer(rec, in)...)
	}
	return found
}

func subject(rt *routers.Route) string { return rt.Method + " " + rt.Path }

// graphql judges what OpenAPI cannot: the envelope of a GraphQL request.
func graphql(rec Record) []Violation {
	v := Violation{Subject: rec.Method + " /graphql", Part: "request body"}
	if rec.Method != http.MethodPost {
		return []Violation{{Subject: v.Subject, Part: "route", Want: "POST", Got: rec.Method}}
	}
	var envelope struct{ Query string }
	if err := json.Unmarshal([]byte(rec.RequestBody), &envelope); err != nil || envelope.Query == "" {
		v.Want, v.Got = `a JSON object with "query"`, brief(rec.RequestBody)
		return []Violation{v}
	}
	return nil
}

// requestInput rebuilds the request. A body without a content type is GitHub's default, JSON.
func requestInput(rec Record, target *url.URL, rt *routers.Route, params map[string]string) (*openapi3filter.RequestValidationInput, error) {
	var body io.Reader
	if rec.RequestBody != "" {
		body = strings.NewReader(rec.RequestBody)
	}
	req, err := http.NewRequest(rec.Method, target.RequestURI(), body)
	if err != nil {
		return nil, err
	}
	req.Header = rec.RequestHeader.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if req.Header.Get("Content-Type") == "" && rec.RequestBody != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range params {
		if value == "" && wide["{"+name+"}"] {
			params[name] = "." // the library takes an empty path parameter for a missing one
		}
	}
	return &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params, Route: rt,
		Options: &openapi3filter.Options{
			MultiError:                        true,
			SkipSettingDefaults:               true,
			IncludeResponseStatus:             true,
			RejectWhenRequestBodyNotSpecified: true,
			AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
			SchemaValidationOptions:           []openapi3.SchemaValidationOption{openapi3.EnableFormatValidation()},
		},
	}, nil
}

func (c *Checker) request(rec Record, in *openapi3filter.RequestValidationInput) []Violation {
	var found []Violation
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
		found = flatten(found, Violation{Subject: subject(in.Route), Part: "request body"}, decodeBody(rec.RequestBody), err)
	}
	known := map[string]bool{}
	for _, list := range []openapi3.Parameters{in.Route.PathItem.Parameters, in.Route.Operation.Parameters} {
		for _, p := range list {
			if p.Value.In == openapi3.ParameterInQuery {
				known[p.Value.Name] = true
			}
		}
	}
	for name, values := range in.Request.URL.Query() {
		if !known[name] {
			found = append(found, Violation{
				Subject: subject(in.Route), Part: "query", Pointer: name,
				Want: "a parameter that the description has for this operation", Got: brief(strings.Join(values, ",")),
			})
		}
	}
	if rec.Status == http.StatusBadRequest || rec.Status == http.StatusUnprocessableEntity {
		// The answer says itself that the body is wrong, and that is what GitHub does.
		return slices.DeleteFunc(found, func(v Violation) bool { return v.Part == "request body" })
	}
	ref := in.Route.Operation.RequestBody
	if ref == nil || rec.RequestBody == "" {
		return found
	}
	if media := ref.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
		for _, pointer := range unknownFields(media.Schema.Value, decodeBody(rec.RequestBody)) {
			found = append(found, Violation{
				Subject: subject(in.Route), Part: "request body", Pointer: pointer, Want: "a field of the description",
			})
		}
	}
	return found
}

// answer judges status, content type and body of an answer.
func answer(rec Record, in *openapi3filter.RequestValidationInput) []Violation {
	v := Violation{Subject: subject(in.Route), Part: "answer " + strconv.Itoa(rec.Status)}
	response := in.Route.Operation.Responses.Status(rec.Status)
	if response == nil {
		if !slices.Contains(commonStatus, rec.Status) {
			v.Part, v.Want, v.Got = "status", "one of "+statuses(in.Route.Operation), strconv.Itoa(rec.Status)
			return []Violation{v}
		}
		return commonAnswer(rec, v)
	}
	if len(response.Value.Content) == 0 || rec.Status == http.StatusNotModified || rec.Method == http.MethodHead {
		if rec.ResponseBody != "" && response.Value.Content == nil && rec.Status < 300 {
			v.Want, v.Got = "no body", brief(rec.ResponseBody)
			return []Violation{v}
		}
		return nil
	}
	if asText(in.Request.Header) {
		return nil
	}
	body := decodeBody(rec.ResponseBody)
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: rec.Status, Header: rec.ResponseHeader, Options: in.Options,
		Body: io.NopCloser(strings.NewReader(rec.ResponseBody)),
	})
	found := flatten(nil, v, body, err)
	media := response.Value.Content.Get(rec.ResponseHeader.Get("Content-Type"))
	if media == nil || media.Schema == nil {
		return found
	}
	for _, pointer := range unknownFields(media.Schema.Value, body) {
		miss := v
		miss.Pointer, miss.Want = pointer, "a field of the description"
		found = append(found, miss)
	}
	return found
}

// commonAnswer judges an answer that the operation does not list: no body, or GitHub's error object.
func commonAnswer(rec Record, v Violation) []Violation {
	if rec.ResponseBody == "" {
		return nil
	}
	var e struct{ Message *string }
	if json.Unmarshal([]byte(rec.ResponseBody), &e) != nil || e.Message == nil {
		v.Want, v.Got = `an object with "message"`, brief(rec.ResponseBody)
		return []Violation{v}
	}
	return nil
}

func statuses(op *openapi3.Operation) string {
	var all []string
	for s := range op.Responses.Map() {
		all = append(all, s)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// asText says whether the caller asked for a media type in which the answer is text, or another shape of JSON: GitHub's
// "raw", "html", "diff", "patch" and "sha".
func asText(h http.Header) bool {
	for _, accept := range strings.Split(strings.Join(h.Values("Accept"), ","), ",") {
		media, _, err := mime.ParseMediaType(strings.TrimSpace(accept))
		if err != nil {
			continue
		}
		media = strings.TrimSuffix(media, "+json")
		switch media[strings.LastIndexAny(media, "./")+1:] {
		case "raw", "html", "diff", "patch", "sha":
			return true
		}
	}
	return false
}

// decodeBody gives the body as the JSON value that messages point into, nil when it is not JSON.
func decodeBody(body string) any {
	var v any
	if json.NewDecoder(bytes.NewReader([]byte(body))).Decode(&v) != nil {
		return nil
	}
	return v
}
