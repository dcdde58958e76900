package contract

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// router finds the operation of a request. OpenAPI's path parameters end at a slash; GitHub's do not always:
// a file path, a git reference, a branch and a label's name may hold slashes, escaped or not, so a plain
// OpenAPI router does not find those requests.
type router struct {
	doc    *openapi3.T
	routes []route
}

type route struct {
	path     string   // "/repos/{owner}/{repo}/labels/{name}"
	segments []string // its parts
	static   int      // how many of them are literal: the more, the better the match
	item     *openapi3.PathItem
}

// wide names the parameters that may span several segments, and whether they may be empty (the root directory).
var wide = map[string]bool{
	"{path}":     true,
	"{ref}":      false,
	"{branch}":   false,
	"{name}":     false,
	"{basehead}": false,
}

func newRouter(doc *openapi3.T) *router {
	r := &router{doc: doc}
	for path, item := range doc.Paths.Map() {
		rt := route{path: path, segments: strings.Split(strings.TrimPrefix(path, "/"), "/"), item: item}
		for _, s := range rt.segments {
			if !isParameter(s) {
				rt.static++
			}
		}
		r.routes = append(r.routes, rt)
	}
	slices.SortFunc(r.routes, func(a, b route) int {
		return cmp.Or(cmp.Compare(b.static, a.static), cmp.Compare(a.path, b.path))
	})
	return r
}

func isParameter(segment string) bool {
	return strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}")
}

// find returns the route and its path parameters, unescaped. path is the escaped path of the request. A nil route
// with known true means that the path exists and the method does not.
func (r *router) find(method, path string) (rt *routers.Route, params map[string]string, known bool) {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, stretch := range []bool{false, true} {
		for _, candidate := range r.routes {
			values, ok := match(candidate.segments, segments, stretch)
			if !ok {
				continue
			}
			known = true
			if op := candidate.item.GetOperation(method); op != nil {
				return &routers.Route{
					Spec: r.doc, Path: candidate.path, PathItem: candidate.item, Method: method, Operation: op,
				}, values, true
			}
		}
	}
	return nil, nil, known
}

// match binds the segments of a path to those of a template. With stretch, a wide parameter takes as many segments as
// are left over; without, every parameter takes exactly one that is not empty.
func match(template, segments []string, stretch bool) (map[string]string, bool) {
	extra := len(segments) - len(template)
	if !stretch && extra != 0 {
		return nil, false
	}
	values := map[string]string{}
	i := 0
	for _, t := range template {
		take := 1
		mayBeEmpty, isWide := wide[t]
		if stretch && isWide {
			take += extra
			extra = 0
		}
		if take < 0 || i+take > len(segments) {
			return nil, false
		}
		text := strings.Join(segments[i:i+take], "/")
		i += take
		if !isParameter(t) {
			if text != t {
				return nil, false
			}
			continue
		}
		if text == "" && !(stretch && mayBeEmpty) {
			return nil, false
		}
		value, err := url.PathUnescape(text)
		if err != nil {
			return nil, false
		}
		values[strings.Trim(t, "{}")] = value
	}
	return values, i == len(segments)
}
