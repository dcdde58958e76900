package plugin

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// entry is an issue whose item of v1.38 asks for others.
func entryOf(change func(*Entry, *work.Item), asks ...int) Entry {
	item := &work.Item{Cycle: "v1.38"}
	for _, n := range asks {
		item.Asks = append(item.Asks, work.Ask{Target: number(n)})
	}
	e := Entry{Issue: work.Issue{Title: "title", Body: "body"}, Items: map[string]*work.Item{"v1.38": item}}
	if change != nil {
		change(&e, item)
	}
	return e
}

func numbers(keys []Key) (out []int) {
	for _, k := range keys {
		out = append(out, k.Number)
	}
	return out
}

// TestIndexPut: who must be looked at again after a change.
func TestIndexPut(t *testing.T) {
	k := kep.Ref{Repo: "o/r", Number: 7}
	committed := func(e *Entry, i *work.Item) {
		e.KEP = k
		i.Commitments = []work.Commitment{{Window: "w1-2", Percent: 100}}
	}
	x := NewIndex()
	x.Put(number(1), entryOf(nil, 2)) // 1 asks 2 asks 3; 4 asks 3; 5 and 6 share a KEP; 7 promises to 1
	x.Put(number(2), entryOf(nil, 3))
	x.Put(number(3), entryOf(nil))
	x.Put(number(4), entryOf(nil, 3))
	x.Put(number(5), entryOf(committed))
	x.Put(number(6), entryOf(committed))
	x.Put(number(7), entryOf(func(_ *Entry, i *work.Item) { i.Promises = []work.Promise{{To: number(1)}} }))
	for _, tc := range []struct {
		name string
		key  int
		e    Entry
		want []int
	}{
		{"the same again", 3, entryOf(nil), nil},
		{"only the body", 3, entryOf(func(e *Entry, _ *work.Item) { e.Issue.Body = "other" }), nil},
		{"only what nobody else sees", 3, entryOf(func(e *Entry, i *work.Item) {
			e.Issue.Labels = []string{"x"}
			i.Ready = work.Said{Comment: 1}
			i.Notes = []work.Note{{ID: "B1"}}
		}), nil},
		{"a KEP that is named and not committed to: nobody", 9, entryOf(func(e *Entry, _ *work.Item) { e.KEP = k }), nil},
		{"the title: the whole chain that asks", 3, entryOf(func(e *Entry, _ *work.Item) { e.Issue.Title = "new" }), []int{1, 2, 4}},
		{"closed", 3, entryOf(func(e *Entry, _ *work.Item) { e.Issue.Closed = true }), []int{1, 2, 4}},
		{"the SIG", 3, entryOf(func(e *Entry, _ *work.Item) { e.SIG = "node" }), []int{1, 2, 4}},
		{"a new ask", 1, entryOf(nil, 2, 8), []int{2, 8}},
		{"an ask taken back", 1, entryOf(nil, 8), []int{2, 8}},
		{"a promise", 7, entryOf(func(_ *Entry, i *work.Item) { i.Promises = []work.Promise{{To: number(4), Text: "soon"}} }), []int{1, 4}},
		{"same KEP", 5, entryOf(func(e *Entry, i *work.Item) { committed(e, i); i.Commitments[0].Percent = 50 }), []int{6}},
		{"the KEP changed", 5, entryOf(func(e *Entry, i *work.Item) { committed(e, i); e.KEP.Number = 8 }), []int{6}},
		{"a new issue of the KEP", 10, entryOf(committed), []int{6}},
		{"another cycle", 4, Entry{Items: map[string]*work.Item{"v1.39": {}}}, []int{3}},
	} {
		if d := cmp.Diff(tc.want, numbers(x.Put(number(tc.key), tc.e))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
	x.Put(number(20), Entry{Issue: work.Issue{Body: "long"}})
	x.Put(number(21), Entry{Issue: work.Issue{Body: "long"}, Items: map[string]*work.Item{"v1.38": {}}})
	for n, want := range map[int]string{20: "", 21: "long"} {
		if e, _ := x.Get(number(n)); e.Issue.Body != want {
			t.Errorf("%d: description %q; plans look into those of items alone", n, e.Issue.Body)
		}
	}
}

func TestIndexLooksUp(t *testing.T) {
	ref := kep.Ref{Repo: "o/r", Number: 7}
	of := func(change func(*Entry, *work.Item)) Entry {
		return entryOf(func(e *Entry, i *work.Item) {
			e.KEP = ref
			i.Commitments = []work.Commitment{{Window: "w1-2"}}
			if change != nil {
				change(e, i)
			}
		}, 1)
	}
	x := NewIndex()
	x.Put(number(1), of(nil))
	x.Put(number(3), of(nil))
	x.Put(number(2), of(func(e *Entry, _ *work.Item) { e.KEP.Repo = "O/R" }))
	x.Put(number(4), of(func(e *Entry, _ *work.Item) { e.Issue.Closed = true }))
	x.Put(number(5), of(func(_ *Entry, i *work.Item) { i.Commitments, i.Asks = nil, nil }))
	x.Put(number(6), of(func(e *Entry, i *work.Item) { e.Items = map[string]*work.Item{"v1.39": i} }))
	for _, tc := range []struct {
		name string
		got  []Key
		want []int
	}{
		{"askers", x.Askers(number(1), "v1.38"), []int{2, 3}},
		{"askers of another cycle", x.Askers(number(1), "v1.39"), []int{6}},
		{"askers of nobody", x.Askers(number(9), "v1.38"), nil},
		{"same KEP", x.SameKEP(number(1), ref, "v1.38"), []int{2, 3}},
		{"no KEP", x.SameKEP(number(1), kep.Ref{}, "v1.38"), nil},
		{"keys", x.Keys(), []int{1, 2, 3, 4, 5, 6}},
	} {
		if d := cmp.Diff(tc.want, numbers(tc.got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
	x.Remove(number(2))
	if _, ok := x.Get(number(2)); ok || x.Len() != 5 {
		t.Error("2 is still there")
	}
}

// TestIndexLoop: the shortest path of asks back, by this round's own asks.
func TestIndexLoop(t *testing.T) {
	x := NewIndex()
	for from, to := range map[int][]int{1: {9}, 2: {3, 5}, 3: {4}, 4: {1}, 5: {1}, 6: {6}, 7: {8}, 8: {7}} {
		x.Put(number(from), entryOf(nil, to...))
	}
	asks := func(list ...int) []work.Ask { return entryOf(nil, list...).Items["v1.38"].Asks }
	for _, tc := range []struct {
		name  string
		key   int
		cycle string
		own   []work.Ask
		want  []int
	}{
		{"the shorter of two", 1, "v1.38", asks(2), []int{1, 2, 5, 1}},
		{"not by what was asked before", 1, "v1.38", asks(9), nil},
		{"asks of nobody", 1, "v1.38", nil, nil},
		{"in another cycle", 1, "v1.39", asks(2), nil},
		{"of itself is told apart", 6, "v1.38", asks(6), nil},
		{"of itself, and round", 1, "v1.38", asks(1, 2), []int{1, 2, 5, 1}},
		{"leads into a loop of others", 9, "v1.38", asks(7), nil},
		{"two", 7, "v1.38", asks(8), []int{7, 8, 7}},
		{"to the unknown", 1, "v1.38", asks(77), nil},
	} {
		if d := cmp.Diff(tc.want, numbers(x.Loop(number(tc.key), tc.cycle, tc.own))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// TestIndexBoundsAChange: one change does not make thousands be looked at.
func TestIndexBoundsAChange(t *testing.T) {
	x := NewIndex()
	for n := range 1000 {
		x.Put(number(n+2), entryOf(nil, n+1))
	}
	if n := len(x.Put(number(1), entryOf(nil))); n == 0 || n > maxChain {
		t.Errorf("%d", n)
	}
}
