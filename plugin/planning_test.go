package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

// planStand is a stand with a plan issue; its clock moves when told.
func planStand(t testing.TB, now func() time.Time) (s *stand, at Key) {
	t.Helper()
	s = newStand(t, now)
	s.sim.NextNumber("kubernetes", "enhancements", 4000)
	s.configure(standConfig + "  plan: kubernetes/enhancements#4000\n")
	at = s.open("enhancements", "Plan for v1.38", "")
	s.settle()
	return s, at
}

// later lets time pass and makes the round that is due then.
func (s *stand) later(d time.Duration, at Key) {
	s.t.Helper()
	s.sim.Advance(d)
	s.enqueue(at)
	s.settle()
}

// decide says what asks for a decision and waits until it is made and read back.
func (s *stand) decide(login string, at Key, body string) {
	s.t.Helper()
	s.said(login, at, body)
	s.later(61*time.Second, at)
	s.later(61*time.Second, at)
}

// decisions lists the decision comments that stand, by what their first line of text
// says.
func (s *stand) decisions(at Key) (ids []int64, bodies []string) {
	for _, c := range s.issue(at).Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == standBot && m.Kind == custody.KindDecision {
			ids, bodies = append(ids, c.ID), append(bodies, c.Body)
		}
	}
	return ids, bodies
}

// approved gives a plan on which one item was approved.
func approved(t *testing.T) (s *stand, at, item Key) {
	t.Helper()
	s, at = planStand(t, nil)
	item = s.openKEP()
	s.said("node-fac", item, "/commit w1-2\n/readout ready")
	s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
	s.said("node-fac", at, "/vote 4")
	s.said("pm", at, "/vote 4")
	s.decide("rel-lead", at, "/plan vote close")
	s.wantLabel(item, config.LabelApproved)
	return s, at, item
}

func (s *stand) wantLabel(item Key, label string) {
	s.t.Helper()
	want := []string{work.LabelProposed} // stays beside what the vote says
	if label != work.LabelProposed {
		want = append(want, label)
	}
	labels := slices.Sorted(slices.Values(s.issue(item).Labels))
	if slices.Sort(want); !slices.Equal(labels, want) {
		s.t.Errorf("%s has the labels %v, want %s", item, labels, label)
	}
}

// TestDecisionPutBack: a decision that somebody edits or deletes comes back as it was,
// and no label moves meanwhile.
func TestDecisionPutBack(t *testing.T) {
	visible := func(body string) string { return strings.Replace(body, "approved", "denied", 1) }
	otherKey := func(body string) string { // in the first line, the marker
		marker, rest, _ := strings.Cut(body, "\n")
		return strings.Replace(marker, "-1 ", "-7 ", 1) + "\n" + rest
	}
	marked := func(edit func(marker string) string) func(string) string { // in the first line
		return func(body string) string {
			marker, rest, _ := strings.Cut(body, "\n")
			return edit(marker) + "\n" + rest
		}
	}
	as := func(kind string) func(string) string {
		return marked(func(m string) string { return strings.Replace(m, "decision", kind, 1) })
	}
	none := marked(func(string) string { return "" })
	for _, c := range []struct {
		name    string
		restart bool                // the process that posted it is gone
		heard   bool                // the next one is told by a delivery before it reads
		edit    func(string) string // nil: deleted
		gone    bool                // it cannot come back
	}{
		{name: "deleted"},
		{name: "deleted, restart", restart: true, gone: true},
		{name: "deleted, restart, delivered", restart: true, heard: true},
		{name: "text", edit: visible},
		{name: "text, restart", edit: visible, restart: true},
		{name: "signature", edit: func(b string) string { return strings.Replace(b, `"round":1`, `"round":2`, 1) }},
		{name: "signature, restart", edit: func(b string) string { return strings.Replace(b, `"round":1`, `"round":2`, 1) }, restart: true},
		{name: "marker", edit: otherKey},
		{name: "marker, restart", edit: otherKey, restart: true},
		{name: "cycle of the marker, restart", edit: func(b string) string { return strings.Replace(b, "v1.38", "v1.37", 1) }, restart: true},
		{name: "marker of a record", edit: as("record")},
		{name: "marker of a record, restart", edit: as("record"), restart: true},
		{name: "marker of a record and signature, restart", edit: func(b string) string {
			return strings.Replace(as("record")(b), `"round":1`, `"round":2`, 1)
		}, restart: true},
		{name: "marker of a part, restart", edit: as("part"), restart: true},
		{name: "marker of a notice, restart", edit: as("notice"), restart: true},
		{name: "marker gone, restart", edit: none, restart: true},
		{name: "all of it", edit: func(string) string { return "Nothing was decided." }},
		{name: "all of it, restart", edit: func(string) string { return "Nothing was decided." }, restart: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, at, item := approved(t)
			ids, before := s.decisions(at)
			s.sim.Advance(2 * time.Minute)
			var err error
			if c.edit == nil {
				err = s.sim.DeleteComment("maintainer", at.Org, at.Repo, ids[1])
			} else if body := c.edit(before[1]); body == before[1] {
				t.Fatal("nothing was edited")
			} else {
				err = s.sim.EditComment("maintainer", at.Org, at.Repo, ids[1], body)
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.restart {
				s.mail.Take()
				s.start()
				if c.heard {
					s.plugin.Reconciler.memory.decided.saw(at, ids[1], before[1])
				}
				if err := s.plugin.Load(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			s.enqueue(item)
			s.later(time.Minute, at)
			s.later(time.Minute, at)
			_, after := s.decisions(at)
			s.wantLabel(item, config.LabelApproved)
			text := strings.Join(s.ours(at), "\n")
			missing := strings.Contains(text, "One decision that had been made was deleted or changed")
			switch {
			case c.gone && !missing:
				t.Errorf("the record does not say that a decision is missing:\n%s", text)
			case !c.gone && missing:
				t.Error("the record still says that a decision is missing")
			case !c.gone && !slices.Equal(after, before):
				t.Errorf("the decisions are not as they were:\n%s\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
			s.sim.ResetCalls()
			s.round(at)
			s.round(item)
			if _, writes, what := s.cost(); writes > 0 {
				t.Errorf("a quiet round writes: %v", what)
			}
			s.decide("rel-lead", at, "/plan rework") // also the way on without what is gone
			s.wantLabel(item, "plan/proposed")
			if text := strings.Join(s.ours(at), "\n"); strings.Contains(text, "that had been made was deleted") {
				t.Error("after the rework the record still says that a decision is missing")
			}
			s.decide("rel-lead", at, "/plan vote open until 2027-01-21")
			if _, after := s.decisions(at); !strings.Contains(after[len(after)-1], "round 2 is open") {
				t.Errorf("the next round is not the second:\n%s", after[len(after)-1])
			}
		})
	}
}

// without hides a comment from all lists, as a replica that lags does.
func (s *stand) without(id *int64) {
	s.intercept = func(req *http.Request) *http.Response {
		if req.Method != http.MethodGet || !strings.HasSuffix(req.URL.Path, "/comments") || *id == 0 {
			return nil
		}
		resp, err := s.direct(req)
		if err != nil {
			s.t.Fatal(err)
		}
		var list []map[string]any
		decoder := json.NewDecoder(resp.Body)
		decoder.UseNumber()
		if decoder.Decode(&list) != nil {
			return resp
		}
		list = slices.DeleteFunc(list, func(c map[string]any) bool { return fmt.Sprint(c["id"]) == strconv.FormatInt(*id, 10) })
		body, _ := json.Marshal(list)
		resp.Body = io.NopCloser(bytes.NewReader(body))
		resp.Header.Del("ETag")
		return resp
	}
}

// TestVoteReadLate: a vote said before the close counts if it is read before the result
// is made; read after it, it makes the result contested and changes nothing.
func TestVoteReadLate(t *testing.T) {
	for _, late := range []bool{false, true} {
		s, at := planStand(t, nil)
		item := s.openKEP()
		s.said("node-fac", item, "/commit w1-2\n/readout ready")
		s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
		s.said("node-fac", at, "/vote 4")
		s.said("pm", at, "/vote 4")
		s.sim.Advance(time.Second)
		hidden := s.sim.Comment("node-fac", at.Org, at.Repo, at.Number, "/vote 1 I see a gap")
		s.mail.Take()
		s.without(&hidden)
		s.sim.Advance(time.Second)
		s.said("rel-lead", at, "/plan vote close")
		s.sim.Advance(30 * time.Second)
		if !late {
			hidden = 0
		}
		s.later(31*time.Second, at)
		s.later(time.Minute, at)
		hidden = 0
		s.later(time.Minute, at)
		s.later(time.Minute, at)
		text := strings.Join(s.ours(at), "\n")
		passed, contested := strings.Contains(text, ": approved in round 1"), strings.Contains(text, "approved in round 1, contested")
		want := "plan/proposed"
		if late {
			want = config.LabelApproved
		}
		s.wantLabel(item, want)
		if contested != late || passed != late {
			t.Errorf("late %t: passed %t, contested %t\n%s", late, passed, contested, text)
		}
	}
}

// TestPlanQueryIsAnsweredOnce: what was answered costs nothing any more, whatever
// people call their issues, and is not answered again when the reply is deleted.
func TestPlanQueryIsAnsweredOnce(t *testing.T) {
	s, at := planStand(t, nil)
	s.sim.NextNumber("kubernetes", "enhancements", 4381)
	item := s.open("enhancements", "Asked [here](https://github.com/o/r/issues/1#issuecomment-1).", "")
	s.said("node-fac", item, "/commit w1-2")
	for n, say := range []string{"/plan status", "/plan notes", "/plan who node\n/plan status node", "/vote 4\n/plan who"} {
		s.sim.Advance(11 * time.Minute)
		s.said("node-fac", at, say)
		posted := len(s.ours(at))
		s.later(time.Minute, at)
		s.round(at)
		s.sim.ResetCalls()
		s.round(at)
		if reads, writes, what := s.cost(); reads+writes > 0 {
			t.Errorf("%q: a quiet round costs %v", say, what)
		}
		if n == 0 && posted != 2 {
			t.Errorf("%d comments after one question, want the record and a reply", posted)
		}
	}
	for _, c := range s.issue(at).Comments {
		if m, _ := custody.FindMarker(c.Body); strings.HasPrefix(m.Key, queryPrefix) {
			if err := s.sim.DeleteComment("maintainer", at.Org, at.Repo, c.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.start()
	s.later(2*time.Minute, at)
	if n := len(s.ours(at)); n != 1 {
		t.Errorf("%d comments after the replies were deleted, want the record", n)
	}
}
