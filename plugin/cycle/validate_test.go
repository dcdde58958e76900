package cycle

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func good() Cycle {
	return Cycle{Name: "v1.38", Start: day("2027-01-11"), End: day("2027-04-21"), Planning: day("2026-11-05"),
		Increments: DefaultIncrements(day("2027-01-11")), Plan: "kubernetes/sig-release#2900",
		Freezes: []Freeze{{Name: "enhancements", Date: day("2027-02-11"), AoE: true, Window: 3}, {Name: "code", At: at("2027-03-19T12:00Z")}}}
}

var validateCases = []struct {
	name string
	edit func(*Cycle)
	want []string
}{
	{"nothing to say", func(*Cycle) {}, nil},
	{"empty", func(c *Cycle) { *c = Cycle{} }, []string{
		"name: a cycle is named after its release, like v1.38",
		"start: the first day of the cycle is needed",
		"end: the day of the release is needed",
		"increments: at least one increment is needed",
	}},
	{"names", func(c *Cycle) { c.Name, c.Plan = "1.38", "sig-release#12" }, []string{
		"name: 1.38: a cycle is named after its release, like v1.38",
		"plan: sig-release#12: the plan issue is written org/repo#number",
	}},
	{"dates", func(c *Cycle) { c.OpenFrom, c.Planning = day("2027-01-12"), day("2027-04-22") }, []string{
		"openFrom: 2027-01-12: a cycle opens at its start, 2027-01-11, or before",
		"planning: 2027-04-22: planning is while the cycle is open, 2027-01-12 to 2027-04-21",
	}},
	{"planning before the cycle opens", func(c *Cycle) { c.Planning = day("2026-10-18") }, []string{
		"planning: 2026-10-18: planning is while the cycle is open, 2026-10-19 to 2027-04-21",
	}},
	{"end before start", func(c *Cycle) {
		c.End, c.Increments, c.Freezes, c.Planning = day("2027-01-11"), c.Increments[:1], nil, Day{}
	}, []string{
		"end: 2027-01-11: the end is after the start, 2027-01-11",
		"increments[0].end: 2027-01-22: an increment lies inside the cycle, which ends 2027-01-11",
	}},
	{"caps", func(c *Cycle) { c.Increments[1].Cap, c.Increments[2].Cap, c.Increments[3].Cap = 120, 60, 61 }, []string{
		"increments[1].cap: 120: a cap is 1 to 100",
		"increments[3].cap: 61: caps never rise, the one before is 60",
	}},
	{"a cap of nothing", func(c *Cycle) { c.Increments[3].Cap = 0 }, []string{"increments[3].cap: 0: a cap is 1 to 100"}},
	{"weeks", func(c *Cycle) {
		c.Increments[0].FromWeek = 0
		c.Increments[2].FromWeek, c.Increments[3].Number = 6, 5
	}, []string{
		"increments[0].weeks: 0-2: weeks are counted from 1 and go up, like 3-4",
		"increments[2].weeks: 6-6: weeks follow each other, this starts with 5",
		"increments[3].number: 5: increments are numbered in order, this is 4",
	}},
	{"increment dates", func(c *Cycle) {
		c.Increments[0].Start = day("2027-01-10")
		c.Increments[1].Start = day("2027-01-22")
		c.Increments[2].End = day("2027-02-01")
		c.Increments[3].End = Day{}
	}, []string{
		"increments[0].start: 2027-01-10: an increment lies inside the cycle, which starts 2027-01-11",
		"increments[1].start: 2027-01-22: increments do not overlap, the one before ends 2027-01-22",
		"increments[2].end: 2027-02-01: the end is not before the start, 2027-02-08",
		"increments[3].end: the last day of the increment is needed",
	}},
	{"freezes", func(c *Cycle) {
		c.Freezes = []Freeze{{Name: "code"}, {Name: "Code", Date: day("2027-04-22"), AoE: true}, {Name: "code freeze", Date: day("2027-03-18"), Window: -1},
			{Date: day("2027-03-18")}, {Name: "docs", Date: day("2027-04-01"), At: at("2027-04-02T12:00Z")}}
	}, []string{
		"freezes[0].date: a freeze has a date or an instant (at)",
		"freezes[1].name: Code: this freeze is listed twice",
		"freezes[1].date: 2027-04-22: a freeze lies inside the cycle, 2027-01-11 to 2027-04-21",
		"freezes[2].name: code freeze: the name of a freeze is one word, it is typed in commands",
		"freezes[2].window: -1: the window is 0 to 60 days",
		"freezes[3].name: a freeze has a name, like enhancements",
		"freezes[4].at: 2027-04-02T12:00Z: the date says 2027-04-02T00:00Z",
	}},
}

func TestValidate(t *testing.T) {
	for _, tt := range validateCases {
		c := good()
		tt.edit(&c)
		var got []string
		for _, err := range c.Validate() {
			got = append(got, err.Error())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestValidateCalendar(t *testing.T) {
	bad := good()
	bad.Increments[1].Cap = 120
	errs := Calendar{good(), bad}.Validate()
	var got []string
	for _, err := range errs {
		got = append(got, err.Error())
	}
	want := []string{"cycles[1].increments[1].cap: 120: a cap is 1 to 100", "cycles[1].name: v1.38: the same name as cycles[0]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var field *FieldError
	if !errors.As(errs[0], &field) || field.Path != "cycles[1].increments[1].cap" || field.Value != "120" {
		t.Errorf("the error does not say its field: %#v", errs[0])
	}
}
