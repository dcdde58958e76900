package githubsim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// field is a field of a GraphQL type: the type behind it ("" for a scalar) and the arguments it takes.
type field struct {
	of   string
	args []string
}

// schema is the part of GitHub's public schema that is answered. Everything else is refused as GitHub refuses what does
// not exist.
var schema = map[string]map[string]field{
	"Query": {"node": {"Node", []string{"id"}}, "nodes": {"Node", []string{"ids"}},
		"search":    {"SearchResultItemConnection", []string{"type", "first", "after", "query"}},
		"rateLimit": {of: "RateLimit"}, "viewer": {of: "User"}, "repository": {"Repository", []string{"owner", "name"}}},
	"Mutation":           {"addReaction": {"AddReactionPayload", []string{"input"}}},
	"AddReactionPayload": {"reaction": {of: "Reaction"}},
	"Reaction":           {"id": {}, "content": {}, "databaseId": {}},
	"ReactionGroup":      {"content": {}, "reactors": {"ReactorConnection", []string{"first", "last"}}},
	"ReactorConnection":  {"totalCount": {}},
	"Node":               {"id": {}, "__typename": {}},
	"RateLimit":          {"cost": {}, "limit": {}, "remaining": {}, "used": {}, "resetAt": {}, "nodeCount": {}},
	"User":               {"login": {}, "id": {}, "__typename": {}, "databaseId": {}},
	"Actor":              {"login": {}, "__typename": {}},
	"IssueComment": {"id": {}, "__typename": {}, "databaseId": {}, "fullDatabaseId": {}, "body": {}, "url": {},
		"createdAt": {}, "updatedAt": {}, "lastEditedAt": {}, "editor": {of: "Actor"}, "author": {of: "Actor"},
		"userContentEdits": {"UserContentEditConnection", []string{"first", "last"}}},
	"PullRequestReview": {"id": {}, "__typename": {}, "databaseId": {}, "fullDatabaseId": {}, "body": {}, "url": {}, "state": {},
		"createdAt": {}, "submittedAt": {}, "lastEditedAt": {}, "editor": {of: "Actor"}, "author": {of: "Actor"},
		"reactionGroups": {of: "ReactionGroup"}},
	"UserContentEditConnection": {"nodes": {of: "UserContentEdit"}, "totalCount": {}, "pageInfo": {of: "PageInfo"}},
	"UserContentEdit": {"id": {}, "editedAt": {}, "createdAt": {}, "editor": {of: "Actor"}, "diff": {}, "deletedAt": {},
		"deletedBy": {of: "Actor"}},
	"PageInfo":                   {"hasNextPage": {}, "hasPreviousPage": {}, "endCursor": {}, "startCursor": {}},
	"SearchResultItemConnection": {"issueCount": {}, "pageInfo": {of: "PageInfo"}, "nodes": {of: "SearchResultItem"}},
	"SearchResultItem":           {"__typename": {}},
	"Issue": {"id": {}, "__typename": {}, "databaseId": {}, "number": {}, "title": {}, "body": {}, "url": {}, "state": {},
		"updatedAt": {}, "createdAt": {}, "author": {of: "Actor"}, "repository": {of: "Repository"},
		"milestone": {of: "Milestone"}, "labels": {"LabelConnection", []string{"first"}}},
	"PullRequest": {"id": {}, "__typename": {}, "databaseId": {}, "number": {}, "title": {}, "body": {}, "url": {},
		"state": {}, "updatedAt": {}, "createdAt": {}, "author": {of: "Actor"}, "baseRef": {of: "Ref"}, "baseRefName": {},
		"headRefName": {}, "headRefOid": {}, "mergeable": {}, "mergeStateStatus": {}, "canBeRebased": {},
		"reviewDecision": {}, "isDraft": {}, "merged": {}, "repository": {of: "Repository"},
		"milestone": {of: "Milestone"}, "labels": {"LabelConnection", []string{"first"}},
		"commits": {"PullRequestCommitConnection", []string{"first", "last"}}},
	"Ref":                                {"name": {}, "prefix": {}},
	"Repository":                         {"name": {}, "nameWithOwner": {}, "owner": {of: "Actor"}, "object": {"GitObject", []string{"oid"}}},
	"GitObject":                          {"oid": {}, "__typename": {}},
	"Blob":                               {"oid": {}, "__typename": {}, "text": {}, "byteSize": {}, "isTruncated": {}, "isBinary": {}},
	"Milestone":                          {"title": {}, "number": {}},
	"LabelConnection":                    {"nodes": {of: "Label"}, "totalCount": {}},
	"Label":                              {"name": {}},
	"PullRequestCommitConnection":        {"nodes": {of: "PullRequestCommit"}, "totalCount": {}},
	"PullRequestCommit":                  {"commit": {of: "Commit"}},
	"Commit":                             {"oid": {}, "status": {of: "Status"}, "statusCheckRollup": {of: "StatusCheckRollup"}},
	"Status":                             {"contexts": {of: "StatusContext"}, "state": {}},
	"StatusContext":                      {"__typename": {}, "context": {}, "description": {}, "state": {}},
	"StatusCheckRollup":                  {"contexts": {"StatusCheckRollupContextConnection", []string{"first", "last"}}, "state": {}},
	"StatusCheckRollupContextConnection": {"nodes": {of: "StatusCheckRollupContext"}, "totalCount": {}},
	"StatusCheckRollupContext":           {"__typename": {}},
	"CheckRun":                           {"__typename": {}, "name": {}, "conclusion": {}, "status": {}},
}

// members are the types that an interface or union may be.
var members = map[string][]string{"Node": {"IssueComment", "PullRequestReview", "Issue", "PullRequest"}, "GitObject": {"Blob"},
	"SearchResultItem": {"Issue", "PullRequest"}, "StatusCheckRollupContext": {"CheckRun", "StatusContext"}}

type gqlRun struct {
	*call
	vars   map[string]any
	errors []obj
}

func (q *gqlRun) fail(s selection, code, format string, args ...any) {
	e := obj{"message": fmt.Sprintf(format, args...), "path": []string{"query", s.alias},
		"locations": []obj{{"line": s.line, "column": s.col}}}
	if code == strings.ToUpper(code) {
		e["type"] = code
		e["path"] = []string{s.alias}
	} else {
		e["extensions"] = obj{"code": code}
	}
	q.errors = append(q.errors, e)
}

// check refuses fields, arguments and fragments that are not in the schema, before anything is answered.
func (q *gqlRun) check(of string, sels []selection) {
	for _, s := range sels {
		if s.on != "" {
			if s.on != of && !slices.Contains(members[of], s.on) {
				q.fail(s, "cannotSpreadFragment", "Fragment on %s can't be spread inside %s", s.on, of)
				continue
			}
			q.check(s.on, s.sub)
			continue
		}
		f, ok := schema[of][s.name]
		switch {
		case !ok:
			q.fail(s, "undefinedField", "Field '%s' doesn't exist on type '%s'", s.name, of)
		case f.of != "" && s.sub == nil:
			q.fail(s, "selectionMismatch", "Field must have selections (field '%s' returns %s but has no selections. Did you mean '%s { ... }'?)", s.name, f.of, s.name)
		case f.of == "" && s.sub != nil:
			q.fail(s, "selectionMismatch", "Selections can't be made on scalars (field '%s')", s.name)
		default:
			q.checkArgs(of, s, f)
			q.check(f.of, s.sub)
		}
	}
}

func (q *gqlRun) checkArgs(of string, s selection, f field) {
	for name, value := range s.args {
		if !slices.Contains(f.args, name) {
			q.fail(s, "argumentNotAccepted", "Field '%s' doesn't accept argument '%s'", s.name, name)
		}
		if v, ok := value.(variable); ok {
			if _, ok := q.vars[string(v)]; !ok {
				s.args[name] = nil
				continue
			}
			s.args[name] = q.vars[string(v)]
		}
	}
	conn := strings.HasSuffix(f.of, "Connection")
	if conn && s.args["first"] == nil && s.args["last"] == nil {
		q.fail(s, "MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the `%s` connection.", s.name)
	}
	for _, name := range []string{"first", "last"} {
		if n, ok := s.args[name].(float64); ok && (n < 0 || n > 100) {
			q.fail(s, "EXCESSIVE_PAGINATION", "Requesting %v records on the `%s` connection exceeds the `%s` limit of 100 records.", n, s.name, name)
		}
	}
}

// lazy is a field whose value depends on arguments, or is costly.
type lazy func(args map[string]any) any

// pick answers the selected fields of a value; what it does not have is null.
func (q *gqlRun) pick(value any, sels []selection) any {
	switch v := value.(type) {
	case []obj:
		out := make([]any, len(v))
		for k := range v {
			if v[k] != nil {
				out[k] = q.pick(v[k], sels)
			}
		}
		return out
	case obj:
		out := obj{}
		q.into(out, v, sels)
		return out
	}
	return value
}

func (q *gqlRun) into(out, v obj, sels []selection) {
	for _, s := range sels {
		if s.on != "" {
			if s.on == v["__typename"] {
				q.into(out, v, s.sub)
			}
			continue
		}
		x := v[s.name]
		if f, ok := x.(lazy); ok {
			x = f(s.args)
		}
		if x == nil || s.sub == nil {
			out[s.alias] = x
			continue
		}
		out[s.alias] = q.pick(x, s.sub)
	}
}

// graphql answers one query. Errors come with status 200, as GitHub sends them.
func graphql(c *call) answer {
	var in struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if c.viewer == nil {
		return answer{status: http.StatusForbidden, body: message(403, "This endpoint requires you to be authenticated.", "https://docs.github.com/graphql")}
	}
	operation, sels, err := parseQuery(in.Query)
	if err != nil {
		return c.ok(obj{"errors": []obj{{"message": err.Error()}}})
	}
	q := &gqlRun{call: c, vars: in.Variables}
	of, root := "Query", q.root
	if operation == "mutation" {
		of, root = "Mutation", q.mutations
	}
	q.check(of, sels)
	if len(q.errors) > 0 {
		return c.ok(obj{"errors": q.errors})
	}
	out := obj{"data": q.pick(root(sels), sels)}
	if len(q.errors) > 0 {
		out["errors"] = q.errors
	}
	return c.ok(out)
}
