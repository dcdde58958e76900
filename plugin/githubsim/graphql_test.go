package githubsim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// tideQuery is what Tide sends for its search, taken from its client.
const tideQuery = `query($query:String!$searchCursor:String){rateLimit{cost,remaining},search(type: ISSUE, first: 37, after: $searchCursor, query: $query){pageInfo{hasNextPage,endCursor},nodes{... on PullRequest{number,author{login},authorMetadata:author{__typename},baseRef{name,prefix},headRefName,headRefOid,mergeable,mergeStateStatus,canBeRebased,repository{name,nameWithOwner,owner{login}},reviewDecision,commits(last: 4){nodes{commit{status{contexts{context,description,state}},oid,statusCheckRollup{contexts(last: 100){nodes{... on CheckRun{name,conclusion,status}}}}}}},labels(first: 100){nodes{name}},milestone{title},body,title,updatedAt}}}}`

func query(t *testing.T, g *githubsim.GitHub, q string, vars map[string]any) reply {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": q, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, g, "bot", "POST", "/graphql", string(body)).want(t, 200)
}

func tide(t *testing.T, g *githubsim.GitHub, search string) reply {
	t.Helper()
	return query(t, g, tideQuery, map[string]any{"query": search, "searchCursor": nil})
}

func TestTideSearchGivesTheFieldsThatTideReads(t *testing.T) {
	g := world(t)
	g.AddLabel("k", "e", "lgtm", "", "")
	n := g.OpenPull("bob", "k", "e", "title", "body", "main", "topic")
	g.Label("bob", "k", "e", n, "lgtm")
	g.SetMilestone("ann", "k", "e", n, "v1.37")
	g.Review("ann", "k", "e", n, "", "APPROVED")
	sha := g.Issue("k", "e", n).HeadSHA
	g.SetStatus("bot", "k", "e", sha, "success", "unit", "fine")
	type m = map[string]any
	want := m{"number": 1.0, "author": m{"login": "bob"}, "authorMetadata": m{"__typename": "User"},
		"baseRef": m{"name": "main", "prefix": "refs/heads/"}, "headRefName": "topic", "headRefOid": sha, "mergeable": "MERGEABLE",
		"mergeStateStatus": "CLEAN", "canBeRebased": true, "reviewDecision": "APPROVED", "title": "title", "body": "body",
		"repository": m{"name": "e", "nameWithOwner": "k/e", "owner": m{"login": "k"}}, "milestone": m{"title": "v1.37"},
		"labels": m{"nodes": []any{m{"name": "lgtm"}}}, "updatedAt": "2026-03-02T09:00:00Z",
		"commits": m{"nodes": []any{m{"commit": m{"oid": sha,
			"status":            m{"contexts": []any{m{"context": "unit", "description": "fine", "state": "SUCCESS"}}},
			"statusCheckRollup": m{"contexts": m{"nodes": []any{m{}}}}}}}}}
	got := tide(t, g, `is:pr state:open archived:false label:"lgtm" -label:"do-not-merge/hold" repo:"k/e"`)
	if diff := cmp.Diff(want, got.at(t, "data", "search", "nodes", 0)); diff != "" {
		t.Errorf("node (-want +got):\n%s", diff)
	}
}

func TestSearchQualifiersSelectAndUnknownOnesAreRefused(t *testing.T) {
	g := world(t)
	g.AddLabel("k", "e", "a", "", "")
	g.AddLabel("k", "e", "b", "", "")
	one := g.OpenPull("bob", "k", "e", "one", "", "main", "t1")
	two := g.OpenPull("ann", "k", "e", "two", "", "release-1.37", "t2")
	g.OpenIssue("ann", "k", "e", "an issue", "")
	g.Label("bob", "k", "e", one, "a")
	g.Label("bob", "k", "e", two, "b")
	g.SetMilestone("ann", "k", "e", two, "v1.37")
	g.Review("bob", "k", "e", two, "", "APPROVED")
	for q, want := range map[string][]float64{
		`is:pr label:"a"`: {1}, `is:pr label:"A"`: {1}, `is:pr label:"a","b"`: {2, 1}, `is:pr label:a label:b`: {}, `is:pr -label:"a"`: {2},
		`is:pr base:"main"`: {1}, `is:pr -base:"main"`: {2}, `is:pr milestone:"v1.37"`: {2}, `is:pr author:"bob"`: {1},
		`is:pr review:approved`: {2}, `is:pr org:"k" -repo:"k/e"`: {}, `is:pr repo:"k/p" repo:"k/e"`: {2, 1},
		`is:pr updated:2026-03-02T09:00:00Z..2026-03-02T09:00:01Z`: {2, 1}, `is:pr updated:*..2026-03-01`: {}, `is:pr sort:updated-asc`: {1, 2},
		`is:pr head:t1`: {1}, `is:pr no:milestone`: {1}, `is:pr two`: {2}, `is:pr state:closed`: {}, `is:pr archived:true`: {},
	} {
		got := []float64{}
		for _, x := range tide(t, g, q).at(t, "data", "search", "nodes").([]any) {
			got = append(got, x.(map[string]any)["number"].(float64))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", q, diff)
		}
	}
	for _, q := range []string{`is:pr colour:red`, `is:pr is:sparkling`, `is:pr sort:stars`, `is:pr no:shoes`} {
		if r := tide(t, g, q); !strings.Contains(r.body, `"errors"`) {
			t.Errorf("%s: got %s, want errors", q, r.body)
		}
	}
	ask(t, g, "bot", "GET", "/search/issues?q=colour:red", "").want(t, 422)
	ask(t, g, "bot", "GET", "/search/issues?q=repo:k/none", "").want(t, 422)
}

func TestSearchGoesOnAfterACursor(t *testing.T) {
	g := world(t)
	for range 3 {
		g.OpenIssue("ann", "k", "e", "x", "")
	}
	q := `query($c:String){search(type:ISSUE,first:2,after:$c,query:"is:issue"){issueCount pageInfo{hasNextPage endCursor} nodes{... on Issue{number url}}}}`
	first := query(t, g, q, nil)
	if first.at(t, "data", "search", "pageInfo", "hasNextPage") != true || first.at(t, "data", "search", "issueCount") != 3.0 {
		t.Errorf("first page: got %s", first.body)
	}
	second := query(t, g, q, map[string]any{"c": first.at(t, "data", "search", "pageInfo", "endCursor")})
	if second.at(t, "data", "search", "pageInfo", "hasNextPage") != false || second.at(t, "data", "search", "nodes", 0, "number") != 1.0 {
		t.Errorf("second page: got %s", second.body)
	}
}

func TestUnknownGraphQLIsRefusedInGitHubsShape(t *testing.T) {
	g := world(t)
	for q, want := range map[string]string{
		`{viewer{login shoeSize}}`:                "Field 'shoeSize' doesn't exist on type 'User'",
		`{organization(login:"k"){id}}`:           "Field 'organization' doesn't exist on type 'Query'",
		`{viewer}`:                                "Field must have selections",
		`{viewer{login{x}}}`:                      "Selections can't be made on scalars",
		`{node(id:"x",colour:1){id}}`:             "doesn't accept argument 'colour'",
		`{node(id:"IC_none"){id}}`:                "Could not resolve to a node with the global id of 'IC_none'",
		`{node(id:"x"){... on Repository{name}}}`: "Fragment on Repository can't be spread inside Node",
		`mutation{addStar(input:{starrableId:"x"}){clientMutationId}}`: "Field 'addStar' doesn't exist on type 'Mutation'",
		`{viewer{login}`: "parse error",
		`{search(type:ISSUE,query:"is:pr"){issueCount}}`:              "You must provide a `first` or `last` value",
		`{search(type:ISSUE,first:101,query:"is:pr"){issueCount}}`:    "exceeds the `first` limit of 100 records",
		`{search(type:REPOSITORY,first:1,query:"is:pr"){issueCount}}`: "search of type REPOSITORY is not answered here",
		`query @x {viewer{login}}`:                                    "parse error",
		`{viewer{...f}}`:                                              "only inline fragments",
		`{viewer{login @include(if:true)}}`:                           "directives are not supported here",
	} {
		r := query(t, g, q, nil)
		if got, _ := r.at(t, "errors", 0, "message").(string); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to say %q", q, got, want)
		}
	}
	ask(t, g, "", "POST", "/graphql", `{"query":"{viewer{login}}"}`).want(t, 401)
	r := query(t, g, `{rateLimit{limit cost remaining resetAt}}`, nil)
	if r.at(t, "data", "rateLimit", "limit") != 5000.0 {
		t.Errorf("rateLimit: got %s", r.body)
	}
}

func FuzzGraphQL(f *testing.F) {
	f.Add(tideQuery)
	f.Add(`{viewer{login}}`)
	f.Add(`query q($a:[ID!]!){nodes(ids:["x",$a,1,true,null,{a:B}]){id}}`)
	g := githubsim.New(githubsim.Options{BaseURL: "http://github.test"})
	g.AddUser("bot")
	f.Fuzz(func(t *testing.T, q string) {
		body, err := json.Marshal(map[string]any{"query": q})
		if err != nil {
			t.Skip()
		}
		g.SetQuota("bot", 5000)
		ask(t, g, "bot", "POST", "/graphql", string(body)).want(t, 200)
	})
}

func TestFilesAreReadByTheHashOfTheirBlob(t *testing.T) {
	g := world(t)
	g.Commit("k", "p", "main", "ann", "c", start, map[string]*string{"a": ptr("hello\n"), "bin": ptr("\x00")})
	q := `query($o:String!){repository(owner:$o,name:"p"){name a:object(oid:"ce013625030ba8dba906f756967f9e9ca394464a"){... on Blob{oid text isTruncated}}` +
		` b:object(oid:"f76dd238ade08917e6712764a16a22005a50573d"){... on Blob{text isBinary}} c:object(oid:"00"){oid}}}`
	type m = map[string]any
	want := m{"name": "p", "a": m{"oid": "ce013625030ba8dba906f756967f9e9ca394464a", "text": "hello\n", "isTruncated": false},
		"b": m{"text": nil, "isBinary": true}, "c": nil}
	if diff := cmp.Diff(want, query(t, g, q, m{"o": "k"}).at(t, "data", "repository")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	g.SetOrgRole("k", "bot", "")
	if r := query(t, g, q, m{"o": "k"}); r.at(t, "errors", 0, "type") != "NOT_FOUND" {
		t.Errorf("hidden repository: got %s, want NOT_FOUND", r.body)
	}
}
