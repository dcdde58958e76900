package plugin

import (
	"errors"
	"net/http"
	"testing"

	"github.com/steelthread/steelthread/plugin/slash"
)

// TestClientReviews: what is read of a review, edits and reactions included, and
// that one may be refused to react.
func TestClientReviews(t *testing.T) {
	s := newStand(t, nil)
	n := s.sim.OpenPull("dev", "kubernetes", "kubernetes", "a", "", "main", "topic")
	key := Key{Org: "kubernetes", Repo: "kubernetes", Number: n}
	s.sim.Review("dev", key.Org, key.Repo, n, "", "COMMENTED")
	id := s.sim.Review("dev", key.Org, key.Repo, n, "/kep 1", "COMMENTED")
	read := func() (Comment, Standing) {
		t.Helper()
		list, err := s.client.Reviews(t.Context(), key)
		must(t, err)
		if len(list) != 1 || list[0].ID != -id || list[0].Body == "" || list[0].Created.IsZero() {
			t.Fatalf("%+v", list)
		}
		standings, err := s.client.Standings(t.Context(), []string{list[0].Node})
		must(t, err)
		st := standings[list[0].Node]
		if want := slash.Fingerprint(Scanner.Scan(list[0].Body).Lines); st.Words != want {
			t.Errorf("words %q, want %q", st.Words, want)
		}
		st.Words = ""
		return list[0], st
	}
	c, st := read()
	if st != (Standing{}) {
		t.Errorf("%+v", st)
	}
	must(t, s.client.React(t.Context(), key, c, "+1"))
	must(t, s.client.React(t.Context(), key, c, "+1"))
	s.sim.EditReview("dev", key.Org, key.Repo, n, id, "/kep 2")
	if _, st := read(); st != (Standing{Edited: true, Acks: 1}) {
		t.Errorf("%+v", st)
	}
	s.intercept = func(*http.Request) *http.Response {
		return answer(200, nil, `{"data":null,"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}`)
	}
	if err := s.client.React(t.Context(), key, c, "+1"); !errors.Is(err, ErrForbidden) {
		t.Errorf("%v", err)
	}
}
