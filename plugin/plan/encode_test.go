package plan

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestEncode: every decision reads back as it was, also all lists in it.
func TestEncode(t *testing.T) {
	tb := pruneTable(t).say("12 12:00 rel-lead: /plan prune").post("12 12:01")
	tb.say("12 13:00 rel-lead: /plan prune confirm " + last[PrunePreview](tb).Hash).post("14 10:00").say("14 11:00 pm: /plan rework \"odd\" <!-- --> @all").post("14 11:01")
	tb.say("15 10:00 pm: /plan vote open until 2027-01-15 18:00 UTC").post("15 10:01").say("15 10:10 net-lead: /vote 1 no @all").post("15 18:01")
	kinds := map[Kind]bool{}
	for _, p := range tb.posted {
		values, err := Encode(p.Decision)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if len(v) > 2000 {
				t.Errorf("a value of %d bytes: it must fit a part", len(v))
			}
		}
		got, err := Decode(values)
		if err != nil {
			t.Fatalf("%s: %v", p.Decision.Kind(), err)
		}
		if d := cmp.Diff(p.Decision, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-made +read):\n%s", p.Decision.Kind(), d)
		}
		kinds[got.Kind()] = true
	}
	if len(kinds) != 5 {
		t.Errorf("only %v were made", kinds)
	}
	result := last[VoteResult](tb)
	if result.Asked != nil || result.Key() != result.Opening.Key()+"-deadline" || len(result.Objections) != 1 {
		t.Errorf("%+v", result)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `null`, `[]`, `{"item":{"key":"a/b#1"}}`, `{"decision":"vote-opened/2","head":{}}`, `{"decision":"vote-opened/1"}`,
		`{"decision":"rework/1","head":{"round":1,"more":2}}`, `{"decision":"rework/1","head":{}}|{"decision":"rework/1","head":{}}`,
		`{"decision":"pruned/1","head":{}}|{"item":{"key":"nowhere"}}`, `{"decision":"pruned/1","head":{}}|{}`, `{"decision":"pruned/1","head":{}} 1`,
	} {
		var values []json.RawMessage
		for v := range strings.SplitSeq(text, "|") {
			if v != "" {
				values = append(values, json.RawMessage(v))
			}
		}
		if d, err := Decode(values); !errors.Is(err, ErrDecision) {
			t.Errorf("%s is %+v, %v", text, d, err)
		}
	}
	if _, err := Encode(nil); !errors.Is(err, ErrDecision) {
		t.Error("nothing was encoded")
	}
}

func FuzzDecode(f *testing.F) {
	for _, p := range pruneTable(f).posted {
		values, _ := Encode(p.Decision)
		var lines []string
		for _, v := range values {
			lines = append(lines, string(v))
		}
		f.Add(strings.Join(lines, "\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var values []json.RawMessage
		for line := range strings.SplitSeq(text, "\n") {
			values = append(values, json.RawMessage(line))
		}
		d, err := Decode(values)
		if err != nil {
			return
		}
		again, err := Encode(d)
		if err != nil { // a year that JSON cannot write
			return
		}
		twice, err := Decode(again)
		if err != nil || cmp.Diff(d, twice, cmpopts.EquateEmpty()) != "" {
			t.Errorf("%v: %s", err, cmp.Diff(d, twice, cmpopts.EquateEmpty()))
		}
		// Whatever was signed, nothing falls over it.
		posted := []Posted{{Comment: 1, Decision: d}, {Comment: 2, Decision: d}}
		tb := newTable(t)
		Assess(tb.state(), posted, tb.facts("12 10:00"))
	})
}
