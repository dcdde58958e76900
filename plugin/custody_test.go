package plugin

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
)

// What happens when records are hard to read: cycles that are over or left the
// configuration, altered records and parts, wrong keys.

// twoCycles has a cycle before that of the stand.
var twoCycles = strings.Replace(standConfig, "cycles:\n", "cycles:\n- name: v1.37\n  start: 2026-12-14\n  end: 2027-02-20\n", 1)

func (s *stand) bodyOf(key Key, comment int64) string {
	for _, c := range s.issue(key).Comments {
		if c.ID == comment {
			return c.Body
		}
	}
	return ""
}

// alter changes a signed comment of ours, unwatched: the block fails its check.
func (s *stand) alter(key Key, comment int64) {
	s.t.Helper()
	before := s.bodyOf(key, comment)
	after := strings.Replace(before, `"repo":`, `"repo" :`, 1)
	if before == after {
		s.t.Fatalf("comment %d has no signed block", comment)
	}
	s.sim.EditComment("maintainer", key.Org, key.Repo, comment, after)
	s.mail.Take()
}

// restart begins a process that knows nothing, and has an issue looked at.
func (s *stand) restart(keys ...Key) {
	s.t.Helper()
	s.start()
	if err := s.plugin.Load(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	s.queue = append(s.queue, keys...)
	s.settle()
}

func (s *stand) reactions(key Key, comment int64) map[string]int {
	n := map[string]int{}
	for _, c := range s.issue(key).Comments {
		if c.ID == comment {
			for _, r := range c.Reactions {
				n[fmt.Sprint(r)]++
			}
		}
	}
	return n
}

// noHistory is a GitHub that keeps no texts from before edits.
type noHistory struct{}

func (noHistory) EditHistory(context.Context, string) ([]string, error) { return nil, nil }

// pastCycle is an issue with commands of v1.37, looked at when that is over.
func pastCycle(s *stand) (Key, []string) {
	s.configure(twoCycles)
	key := s.openKEP()
	s.said("node-fac", key, "/commit v1.37 w5-6 40%")
	s.said("node-fac", key, "/commit v1.37 w5-6 30%")
	s.said("node-fac", key, "/block v1.37 all wrong")
	s.sim.SetClock(standTime.Add(60 * 24 * time.Hour))
	return key, s.ours(key)
}

func TestCycleLeavesTheConfiguration(t *testing.T) {
	for name, damage := range map[string]func(*stand, Key){
		"record whole":   func(*stand, Key) {},
		"record damaged": func(s *stand, key Key) { s.alter(key, s.record(key)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, nil)
			key, _ := pastCycle(s)
			damage(s, key)
			before := s.ours(key)
			s.configure(standConfig)
			s.restart(key)
			s.plugin.Reconciler.History = noHistory{}
			s.restart(key)
			if d := cmp.Diff(before, s.ours(key)); d != "" {
				t.Errorf("what was said for v1.37 was judged again (-before +after):\n%s", d)
			}
			id := s.said("node-fac", key, "/commit w3-4")
			if got := strings.Join(s.ours(key), ""); !strings.Contains(got, fmt.Sprint(id)) {
				t.Errorf("comment %d after the cycle has no receipt", id)
			}
		})
	}
}

func TestClosedCycleDamaged(t *testing.T) {
	s := newStand(t, nil)
	s.configure(twoCycles)
	key := s.openKEP()
	s.sim.AddMilestone("kubernetes", "enhancements", "v1.37", "open", nil)
	s.sim.SetMilestone("maintainer", "kubernetes", "enhancements", key.Number, "v1.37")
	s.said("node-fac", key, "/commit w5-6 30%")
	s.said("node-fac", key, "/block all wrong")
	s.sim.SetClock(standTime.Add(60 * 24 * time.Hour))
	s.sim.SetMilestone("maintainer", "kubernetes", "enhancements", key.Number, "v1.38")
	s.settle()
	s.alter(key, s.record(key))
	before := s.ours(key)
	s.start()
	s.plugin.Reconciler.History = noHistory{}
	s.queue = append(s.queue, key)
	s.settle()
	if d := cmp.Diff(before, s.ours(key)); d != "" {
		t.Errorf("what was said for the closed cycle was judged again (-before +after):\n%s", d)
	}
}

func TestMarkerOfARecordChanged(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w3-4")
	id := s.record(key)
	before := s.bodyOf(key, id)
	s.sim.EditComment("maintainer", key.Org, key.Repo, id, strings.Replace(before, "cycle=v1.38", "cycle=v1.3", 1))
	s.mail.Take()
	s.restart(key)
	if d := cmp.Diff(before, s.bodyOf(key, id)); d != "" {
		t.Errorf("the record was not put back (-before +after):\n%s", d)
	}
}

func TestSaidBeforeTheEndReadAfter(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	end := time.Date(2027, 4, 15, 11, 0, 0, 0, time.UTC)
	s.sim.SetClock(end)
	id := s.sim.Comment("node-fac", key.Org, key.Repo, key.Number, "/progress slipped")
	s.sim.SetClock(end.Add(3 * time.Hour))
	s.settle()
	if s.record(key) == 0 || !strings.Contains(s.bodyOf(key, s.record(key)), "/progress slipped") {
		t.Errorf("no record holds what was said: %q", s.ours(key))
	}
	if len(s.reactions(key, id)) == 0 {
		t.Error("not acknowledged")
	}
	s.sim.ResetCalls()
	s.restart(key)
	if _, writes, what := s.cost(); writes > 0 {
		t.Errorf("the next round is not quiet: %v", what)
	}
}

// several opens issues with a record each.
func several(s *stand, n int) (keys []Key) {
	for i := range n {
		k := s.open("kubernetes", fmt.Sprint("item ", i), "")
		s.said("node-fac", k, "/commit sig-node w1-2")
		keys = append(keys, k)
	}
	return keys
}

func TestAlteredRecordsStopNobodyElse(t *testing.T) {
	s := newStand(t, nil)
	keys := several(s, 4)
	for _, restarted := range []bool{false, true} {
		for _, k := range keys[:3] {
			s.alter(k, s.record(k))
		}
		if restarted {
			s.restart()
		}
		s.queue = append(s.queue, keys[:3]...)
		s.settle()
		if s.plugin.Reconciler.Breaker.Tripped() {
			t.Fatalf("restarted %v: three altered records stopped all writes", restarted)
		}
		for _, k := range keys {
			if _, err := standKeys().Verify(s.bodyOf(k, s.record(k))); err != nil {
				t.Errorf("restarted %v: %s: %v", restarted, k, err)
			}
		}
	}
}

func TestOneRecordDoesNotTripTheBreaker(t *testing.T) {
	s := newStand(t, nil)
	k := several(s, 1)[0]
	s.alter(k, s.record(k))
	s.start()
	s.plugin.Reconciler.History = noHistory{}
	failing := true
	s.intercept = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPatch && failing {
			return answer(502, nil, "{}")
		}
		return nil
	}
	for range 4 {
		if err := s.plugin.Reconciler.Reconcile(context.Background(), k); err == nil {
			t.Fatal("the write went through")
		}
	}
	failing = false
	s.round(k)
	if s.plugin.Reconciler.Breaker.Tripped() {
		t.Error("one record, looked at five times, stopped all writes")
	}
}

// TestBreakerEnds: records that nothing is left of stop the writes until others
// prove that the key is right; a start comes to an end all the same.
func TestBreakerEnds(t *testing.T) {
	s := newStand(t, nil)
	keys := several(s, 7)
	for _, k := range keys[:3] {
		s.alter(k, s.record(k))
	}
	s.start()
	s.plugin.Reconciler.History = noHistory{}
	for _, k := range keys[:3] {
		if _, _, err := s.plugin.Reconciler.look(context.Background(), s.config, k); err != nil {
			t.Log(err)
		}
	}
	if !s.plugin.Reconciler.Breaker.Tripped() {
		t.Fatal("three records that fail did not stop the writes")
	}
	if err := s.plugin.Load(context.Background()); err != nil {
		t.Fatalf("the start does not end: %v", err)
	}
	s.queue = slices.Clone(keys[3:])
	s.settle()
	if s.plugin.Reconciler.Breaker.Tripped() {
		t.Fatal("four records that hold did not prove the key right")
	}
	for range 2 { // the third of those that fail stops the writes once more
		s.queue = slices.Concat(keys[:3], keys[3:])
		s.settle()
	}
	for _, k := range keys {
		if _, err := standKeys().Verify(s.bodyOf(k, s.record(k))); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func TestWrongKeyOverwritesNothing(t *testing.T) {
	s := newStand(t, nil)
	k := several(s, 1)[0]
	before := s.ours(k)
	s.start()
	private, _, err := custody.GenerateKey(rand.Reader, "other")
	if err != nil {
		t.Fatal(err)
	}
	if s.plugin.Reconciler.Keys, err = custody.NewKeys(private); err != nil {
		t.Fatal(err)
	}
	if err := s.plugin.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.queue = append(s.queue, k)
	s.settle()
	if d := cmp.Diff(before, s.ours(k)); d != "" {
		t.Errorf("overwritten (-before +after):\n%s", d)
	}
	if len(s.waits) == 0 || !strings.Contains(s.log.String(), "steelthread-test+") {
		t.Errorf("waits %v; the log does not name the key that is missing:\n%s", s.waits, s.log.String())
	}
}

// longRecord is an issue whose record has parts, and the first of them.
func longRecord(s *stand) (Key, int64) {
	k := s.openKEP()
	for n := range 40 {
		s.sim.Comment("node-fac", k.Org, k.Repo, k.Number, strings.Repeat(fmt.Sprintf("/progress on-track %d %s\n", n, strings.Repeat("word ", 50)), 10))
	}
	s.settle()
	for _, c := range s.issue(k).Comments {
		if m, ok := custody.FindMarker(c.Body); ok && m.Kind == custody.KindPart {
			return k, c.ID
		}
	}
	s.t.Fatal("the record has no parts")
	return k, 0
}

func TestPartEditedUnwatched(t *testing.T) {
	s := newStand(t, nil)
	k, part := longRecord(s)
	before := s.ours(k)
	s.alter(k, part)
	s.restart(k)
	after := s.ours(k)
	if strings.Contains(strings.Join(after, ""), `"rebuilt":true`) {
		t.Error("receipts were rebuilt, though the edit history has them")
	}
	sortedBefore, sortedAfter := blocksOf(before), blocksOf(after)
	if d := cmp.Diff(sortedBefore, sortedAfter); d != "" {
		t.Errorf("signed blocks (-before +after):\n%s", d)
	}
}

// blocksOf gives the signed texts of comments of ours, sorted.
func blocksOf(bodies []string) []string {
	var texts []string
	for _, b := range bodies {
		if h, err := standKeys().Verify(b); err == nil && h.Kind != custody.KindNotice {
			texts = append(texts, h.Text)
		}
	}
	slices.Sort(texts)
	return texts
}

// TestPartLost: what the other blocks hold stays as it was signed.
func TestPartLost(t *testing.T) {
	s := newStand(t, nil)
	k, part := longRecord(s)
	lost, err := standKeys().Verify(s.bodyOf(k, part))
	if err != nil {
		t.Fatal(err)
	}
	s.alter(k, part)
	s.start()
	s.plugin.Reconciler.History = noHistory{}
	s.queue = append(s.queue, k)
	s.settle()
	got, want := 0, strings.Count(lost.Text, `{"comment":`)
	for _, text := range blocksOf(s.ours(k)) {
		got += strings.Count(text, `"rebuilt":true`)
	}
	if got != want {
		t.Errorf("%d receipts were rebuilt, want the %d of the part that was lost", got, want)
	}
}

func TestEditedDeliveryRestores(t *testing.T) {
	s := newStand(t, nil)
	k := several(s, 1)[0]
	id := s.record(k)
	before := s.bodyOf(k, id)
	s.start()
	s.plugin.Reconciler.History = noHistory{}
	s.sim.EditComment("maintainer", k.Org, k.Repo, id, strings.Replace(before, `"repo":`, `"repo" :`, 1))
	s.settle()
	if d := cmp.Diff(before, s.bodyOf(k, id)); d != "" {
		t.Errorf("not restored from the delivery (-before +after):\n%s\n%s", d, s.log.String())
	}
}

// TestAnotherWriter: a record that another process wrote stops a round before it writes
// anything; the next one goes on from what was read. What this process wrote itself stops
// nothing.
func TestAnotherWriter(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2")
	first := s.plugin
	s.start() // another process, beside it
	second := s.plugin
	s.said("node-fac", key, "/commit w3-4")
	s.said("node-fac", key, "/readout ready")
	if len(s.waits) > 0 {
		t.Fatalf("the second waits for itself: %v", s.waits[0])
	}
	s.plugin = first
	before := len(s.sim.WritesBy(s.as))
	s.sim.Comment("node-fac", key.Org, key.Repo, key.Number, "/commit w5-6")
	s.round(key)
	if len(s.waits) != 1 || !strings.Contains(s.waits[0].Why, "another process") || len(s.sim.WritesBy(s.as)) != before {
		t.Fatalf("waits %v, writes %v", s.waits, s.sim.WritesBy(s.as)[before:])
	}
	for _, p := range []*Plugin{first, second} { // each goes on from what the other wrote
		s.plugin, s.waits = p, nil
		for s.round(key); len(s.waits) > 0; s.round(key) {
			s.waits = nil
		}
	}
	if record := s.ours(key)[0]; strings.Count(record, "`/commit v1.38") != 3 {
		t.Errorf("not all that was said is in\n%s", record)
	}
}
