package plugin

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
)

// sizes are the lengths of all maps and slices in a struct and the structs in it.
func sizes(v reflect.Value, at string, into map[string]int) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for n := range v.NumField() {
		name := at + "." + v.Type().Field(n).Name
		switch f := v.Field(n); f.Kind() {
		case reflect.Map, reflect.Slice:
			into[name] = f.Len()
		case reflect.Struct:
			sizes(f, name, into)
		}
	}
}

// TestTablesAreBounded: whatever strangers and people with write access make this process
// note, a hundred thousand times, each table of it stays within its bound.
func TestTablesAreBounded(t *testing.T) {
	m := newMemory()
	now := standTime
	for n := range 100_500 {
		key := Key{Org: "kubernetes", Repo: "kubernetes", Number: n}
		at := now.Add(time.Duration(n) * time.Second) // GitHub's clock
		id := int64(n)
		m.wrote(key, id, at)
		m.sawDeleted(id)
		m.saw(key, fmt.Sprint("made-up-", n), "edited delivery", "x")
		m.noteOthers(Comment{ID: id, Updated: at})
		m.labelling(key, "plan/proposed", true)
		m.hush(key)
		m.deletedAnswer(key, id)
		m.noteStanding(fmt.Sprint(n), at, Standing{})
		m.decided.saw(key, id, custody.Marker{Kind: custody.KindDecision, Cycle: "v1.38", Key: fmt.Sprint(n)}.String())
		m.tries.missed(key)
		m.tries.mutes(id)
		if n%100 == 0 { // these look through all that they hold, which time bounds
			m.tries.shuts(key, at)
			m.tries.tells(key, at)
		}
	}
	got := map[string]int{}
	sizes(reflect.ValueOf(m), "memory", got)
	for name, n := range got {
		if n > 100_001 || n > 50_001 && name != "memory.labels" {
			t.Errorf("%s has %d entries", name, n)
		}
	}
	if n := len(m.earlier); n > maxEarlier+1 {
		t.Errorf("texts of %d records from before", n)
	}
}

// TestStrangersLeaveNothing: issues that strangers open, full of commands that mean
// nothing, are answered and forgotten.
func TestStrangersLeaveNothing(t *testing.T) {
	s := newStand(t, nil)
	count := func() map[string]int {
		got := map[string]int{}
		r := s.plugin.Reconciler
		sizes(reflect.ValueOf(r.memory), "memory", got)
		sizes(reflect.ValueOf(r.Index), "index", got)
		sizes(reflect.ValueOf(r.Boards), "boards", got)
		sizes(reflect.ValueOf(r.Plans), "plans", got)
		sizes(reflect.ValueOf(r.Rolebook), "rolebook", got)
		sizes(reflect.ValueOf(s.client), "client", got)
		return got
	}
	for n := range 200 {
		login := fmt.Sprint("stranger-", n)
		s.sim.AddUser(login)
		key := Key{Org: "kubernetes", Repo: "kubernetes", Number: s.sim.OpenIssue(login, "kubernetes", "kubernetes", "Junk", strings.Repeat("/commit\n", 100))}
		s.said(login, key, "/commit w1-2\n/comit\n/plan prune")
		pull := Key{Org: "kubernetes", Repo: "kubernetes", Number: s.sim.OpenPull(login, "kubernetes", "kubernetes", "Junk", fmt.Sprintf("Fixes #%d, KEP-%d", 20_000+n, n), "main", fmt.Sprint("b-", n))}
		s.said(login, pull, "/part-of #"+fmt.Sprint(30_000+n)+"\n/kep check")
		s.sim.Close(login, "kubernetes", "kubernetes", pull.Number, "")
		s.settle()
		if len(s.ours(key)) == 0 || len(s.ours(pull)) == 0 {
			t.Fatalf("%s, %s: not answered", key, pull)
		}
		s.sim.Advance(10 * time.Minute)
	}
	must(t, s.plugin.Sweep.Everything(t.Context()))
	s.settle()
	for name, n := range count() {
		if n > 20 && name != "memory.absent" && name != "memory.asked" { // by the local clock, which stands still here, and by number
			t.Errorf("%s has %d entries", name, n)
		}
	}
	if s.rounds > 3000 {
		t.Errorf("%d rounds", s.rounds)
	}
}
