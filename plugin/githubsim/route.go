package githubsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// route is one line of the table in routes.go. A part in braces matches one segment of the path, {name...} the rest.
type route struct {
	method, pattern string
	parts           []string
	serve           func(*call) answer
}

// find gives the first route that fits, and what its braces stand for, unescaped.
func find(method, path string) (*route, map[string]string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for k := range routes {
		rt := &routes[k]
		if rt.method != method {
			continue
		}
		if vars, ok := rt.match(segments); ok {
			return rt, vars
		}
	}
	return nil, nil
}

func (rt *route) match(segments []string) (map[string]string, bool) {
	vars := map[string]string{}
	for k, part := range rt.parts {
		if name, ok := strings.CutSuffix(part, "...}"); ok {
			rest, err := url.PathUnescape(strings.Join(segments[min(k, len(segments)):], "/"))
			vars[name[1:]] = rest
			return vars, err == nil
		}
		if k >= len(segments) {
			return nil, false
		}
		if !strings.HasPrefix(part, "{") {
			if part != segments[k] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[k])
		if err != nil || value == "" {
			return nil, false
		}
		vars[part[1:len(part)-1]] = value
	}
	return vars, len(segments) == len(rt.parts)
}

// lookUp finds what the path names and refuses what the asker may not see.
func (c *call) lookUp() *answer {
	read := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
	if !read && c.viewer == nil && c.app == nil {
		return &answer{status: http.StatusUnauthorized, body: message(401, "Requires authentication", docs)}
	}
	if name := c.path["org"]; name != "" {
		if c.org = c.g.orgs[key(name)]; c.org == nil {
			return ptr(c.notFound())
		}
	}
	if c.path["repo"] == "" {
		return nil
	}
	r := c.g.repos[key(c.path["owner"], c.path["repo"])]
	// A private repository is hidden as if it were not there, unless the App itself asks for its installation.
	if r == nil || (c.g.role(c.viewer, r) == "none" && (c.app == nil || !c.app.installed(r.org))) {
		return ptr(c.notFound())
	}
	if r.Archived && !read {
		return &answer{status: http.StatusForbidden, body: message(403, "Repository was archived so is read-only.", docs)}
	}
	c.repo = r
	if c.path["number"] == "" {
		return nil
	}
	return c.lookUpIssue()
}

// lookUpIssue finds the issue: 410 for a deleted one, 301 for a transferred one. A lagging read sees it as it was.
func (c *call) lookUpIssue() *answer {
	n, err := strconv.Atoi(c.path["number"])
	if err != nil {
		return ptr(c.notFound())
	}
	i := c.repo.issues[n]
	if to, gone := c.repo.gone[n]; i == nil && gone {
		if to == "" {
			return &answer{status: http.StatusGone, body: message(410, "This issue was deleted", docs+"/issues/issues#get-an-issue")}
		}
		at := c.api + to
		return &answer{status: http.StatusMovedPermanently, header: http.Header{"Location": {at}},
			body: merge(message(301, "Moved Permanently", docs+"/guides/best-practices-for-using-the-rest-api#follow-redirects"), obj{"url": at})}
	}
	if i = c.seen(i); i == nil {
		return ptr(c.notFound())
	}
	c.issue = i
	return nil
}

// seen is the issue as this request may see it, nil when it does not yet exist for a lagging read.
func (c *call) seen(i *issue) *issue {
	if i == nil || c.lag == 0 {
		return i
	}
	return i.asOf(c.g.now().Add(-c.lag))
}

func message(status int, text, at string) obj {
	return obj{"message": text, "documentation_url": at, "status": strconv.Itoa(status)}
}

func (c *call) notFound() answer {
	return answer{status: http.StatusNotFound, body: message(404, "Not Found", docs)}
}

// forbidden is what GitHub says to those who may read but not do this.
func (c *call) forbidden() answer {
	return answer{status: http.StatusForbidden, body: message(403, "Must have admin rights to Repository.", docs)}
}

func (c *call) ok(body any) answer      { return answer{status: http.StatusOK, body: body} }
func (c *call) created(body any) answer { return answer{status: http.StatusCreated, body: body} }
func (c *call) noContent() answer       { return answer{status: http.StatusNoContent} }

// failed is 422 with one error.
func (c *call) failed(resource, field, code, text string) answer {
	e := obj{"resource": resource, "field": field, "code": code}
	if text != "" {
		e["message"] = text
	}
	return answer{status: http.StatusUnprocessableEntity,
		body: merge(message(422, "Validation Failed", docs), obj{"errors": []obj{e}})}
}

func (c *call) unprocessable(text string) answer {
	return answer{status: http.StatusUnprocessableEntity, body: message(422, text, docs)}
}

// decode reads the JSON body into v; the answer is nil when that went well.
func (c *call) decode(v any) *answer {
	if len(c.raw) == 0 {
		return nil
	}
	if !json.Valid(c.raw) {
		return &answer{status: http.StatusBadRequest, body: message(400, "Problems parsing JSON", docs)}
	}
	if err := json.Unmarshal(c.raw, v); err != nil {
		return ptr(c.unprocessable("Invalid request.\n\n" + err.Error()))
	}
	return nil
}

// paged answers one page of items: 30 by default, 100 at most, with Link.
func paged[T any](c *call, items []T, render func(T) obj) answer {
	return c.pageOf(len(items), func(from, to int) any { return list(items[from:to], render) })
}

func (c *call) pageOf(total int, slice func(from, to int) any) answer {
	size := number(c.query.Get("per_page"), 30)
	if size < 1 {
		size = 30
	}
	size = min(size, 100)
	page := max(number(c.query.Get("page"), 1), 1)
	from := min((page-1)*size, total)
	a := c.ok(slice(from, min(from+size, total)))
	last := max((total+size-1)/size, 1)
	if last > 1 {
		a.header = http.Header{"Link": {c.links(page, last)}}
	}
	return a
}

func number(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

func (c *call) links(page, last int) string {
	var out []string
	add := func(p int, rel string) {
		q := c.r.URL.Query()
		q.Set("page", strconv.Itoa(p))
		out = append(out, fmt.Sprintf(`<%s%s?%s>; rel=%q`, c.api, c.cut(), q.Encode(), rel))
	}
	if page > 1 {
		add(min(page-1, last), "prev")
	}
	if page < last {
		add(page+1, "next")
		add(last, "last")
	}
	if page > 1 {
		add(1, "first")
	}
	return strings.Join(out, ", ")
}
