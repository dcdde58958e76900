package cycle

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// day parses or panics: for tables.
func day(s string) Day {
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// at parses "2025-10-17T12:00Z" or panics.
func at(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04Z07:00", s)
	if err != nil {
		panic(err)
	}
	return t
}

// realCalendar is v1.31 to v1.37 as kubernetes/sig-release published them, with default increments.
func realCalendar(t *testing.T) Calendar {
	t.Helper()
	data, err := os.ReadFile("testdata/release-calendar.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Releases []map[string]any `json:"releases"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var out Calendar
	for _, r := range file.Releases {
		text := func(key string) string { return r[key].(string) }
		c := Cycle{Name: text("release"), Start: day(text("start")), End: day(text("release_date"))}
		c.Increments = DefaultIncrements(c.Start)
		for _, name := range []string{"prr", "enhancements", "code", "test", "docs"} {
			f := Freeze{Name: name, Window: DefaultWindow}
			if value := text(name + "_freeze"); strings.Contains(value, "T") {
				f.At = at(value)
			} else {
				f.Date = day(value)
			}
			c.Freezes = append(c.Freezes, f)
		}
		out = append(out, c)
	}
	return out
}

// The counts are those of the published table of cycles, days by date in UTC.
func TestRealCalendars(t *testing.T) {
	type row struct {
		Name                                       string
		Weeks, ToEnhancements, ToCode, Enh2Code    int
		EnhancementsDay                            string
		FinishedAtCodeFreeze, IncrementsWithinCode int
	}
	want := []row{
		{"v1.31", 14, 32, 72, 40, "Thursday", 4, 4},
		{"v1.32", 14, 32, 60, 28, "Thursday", 4, 4},
		{"v1.33", 15, 32, 67, 35, "Thursday", 4, 4},
		{"v1.34", 15, 32, 67, 35, "Friday", 4, 4}, // 21:00 UTC on a Friday
		{"v1.35", 14, 32, 53, 21, "Thursday", 3, 3},
		{"v1.36", 15, 31, 66, 35, "Wednesday", 4, 4},
		{"v1.37", 15, 30, 66, 36, "Tuesday", 4, 4},
	}
	var got []row
	for _, c := range realCalendar(t) {
		if errs := c.Validate(); len(errs) > 0 {
			t.Errorf("%s: %v", c.Name, errs)
		}
		enh, _ := c.Freeze("Enhancements")
		code, _ := c.Freeze("code")
		r := row{Name: c.Name, Weeks: (c.Start.DaysUntil(c.End) + 6) / 7,
			ToEnhancements: c.Start.DaysUntil(DayOf(enh.Instant())), ToCode: c.Start.DaysUntil(DayOf(code.Instant())),
			Enh2Code: DayOf(enh.Instant()).DaysUntil(DayOf(code.Instant())), EnhancementsDay: enh.Day().Weekday().String()}
		for _, i := range c.Increments {
			if i.Finished(code.Instant()) {
				r.FinishedAtCodeFreeze++
			}
			if !i.End.After(code.Day()) {
				r.IncrementsWithinCode++
			}
		}
		got = append(got, r)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calendars (-want +got):\n%s", diff)
	}
}

// Planning falls in the week of the previous release's code freeze: both cycles must be open then.
func TestTwoCyclesOpenAtPlanning(t *testing.T) {
	calendar := realCalendar(t)
	for n := range calendar[:len(calendar)-1] {
		code, _ := calendar[n].Freeze("code")
		var got []string
		for _, c := range calendar.Open(code.Instant()) {
			got = append(got, c.Name)
		}
		if diff := cmp.Diff([]string{calendar[n].Name, calendar[n+1].Name}, got); diff != "" {
			t.Errorf("open at code freeze of %s (-want +got):\n%s", calendar[n].Name, diff)
		}
	}
}

func TestOpen(t *testing.T) {
	c := Cycle{Name: "v1.35", Start: day("2025-09-15"), End: day("2025-12-17")}
	early := c
	early.OpenFrom = day("2025-08-01")
	for _, tt := range []struct {
		c    Cycle
		at   string
		want bool
	}{
		{c, "2025-06-22T23:59Z", false},
		{c, "2025-06-23T00:00Z", true}, // twelve weeks before the start
		{early, "2025-07-31T23:59Z", false},
		{early, "2025-08-01T00:00Z", true},
		{c, "2025-12-18T11:59Z", true}, // still the 17th somewhere
		{c, "2025-12-18T12:00Z", false},
	} {
		if got := tt.c.Open(at(tt.at)); got != tt.want {
			t.Errorf("Open(%s) = %v, want %v (opens on %s)", tt.at, got, tt.want, tt.c.OpensOn())
		}
	}
}

// "Thu 16 Oct (AoE)" is Friday 12:00 UTC.
func TestFreezeInstants(t *testing.T) {
	for _, tt := range []struct {
		name                string
		f                   Freeze
		instant, day, until string
	}{
		{"date anywhere on earth", Freeze{Date: day("2025-10-16"), AoE: true, Window: 3}, "2025-10-17T12:00Z", "2025-10-16", "2025-10-20T12:00Z"},
		{"the same as an instant", Freeze{At: at("2025-10-17T12:00Z"), Window: 3}, "2025-10-17T12:00Z", "2025-10-16", "2025-10-20T12:00Z"},
		{"both", Freeze{At: at("2025-10-17T12:00Z"), Date: day("2025-10-16"), AoE: true}, "2025-10-17T12:00Z", "2025-10-16", "2025-10-17T12:00Z"},
		{"02:00 UTC is the day before", Freeze{At: at("2024-07-24T02:00Z"), Window: 1}, "2024-07-24T02:00Z", "2024-07-23", "2024-07-25T12:00Z"},
		{"another zone", Freeze{At: at("2024-07-23T19:00-07:00"), Window: 1}, "2024-07-24T02:00Z", "2024-07-23", "2024-07-25T12:00Z"},
		{"a date alone ends in UTC", Freeze{Date: day("2024-07-30")}, "2024-07-31T00:00Z", "2024-07-30", "2024-07-31T00:00Z"},
		{"end of the year", Freeze{Date: day("2026-12-31"), AoE: true, Window: 1}, "2027-01-01T12:00Z", "2026-12-31", "2027-01-02T12:00Z"},
	} {
		if got := tt.f.Instant(); !got.Equal(at(tt.instant)) || got.Location() != time.UTC {
			t.Errorf("%s: Instant() = %v, want %s", tt.name, got, tt.instant)
		}
		if got := tt.f.Day().String(); got != tt.day {
			t.Errorf("%s: Day() = %s, want %s", tt.name, got, tt.day)
		}
		if got := tt.f.ExceptionsUntil(); !got.Equal(at(tt.until)) {
			t.Errorf("%s: ExceptionsUntil() = %v, want %s", tt.name, got, tt.until)
		}
		if tt.f.Passed(tt.f.Instant().Add(-time.Second)) || !tt.f.Passed(tt.f.Instant()) {
			t.Errorf("%s: passed before its instant, or not at it", tt.name)
		}
	}
}

func TestNextAndLastFreeze(t *testing.T) {
	c, _ := realCalendar(t).Find("1.35")
	c.Freezes[0], c.Freezes[4] = c.Freezes[4], c.Freezes[0] // the order of the list does not matter
	for _, tt := range []struct{ at, last, next string }{
		{"2025-09-15T00:00Z", "", "prr"},
		{"2025-10-17T11:59Z", "prr", "enhancements"},
		{"2025-10-17T12:00Z", "enhancements", "code"}, // code and test freeze together: the first listed
		{"2025-11-07T12:00Z", "code", "docs"},
		{"2025-12-03T12:00Z", "docs", ""},
	} {
		last, okLast := c.LastFreeze(at(tt.at))
		next, okNext := c.NextFreeze(at(tt.at))
		if last.Name != tt.last || okLast != (tt.last != "") || next.Name != tt.next || okNext != (tt.next != "") {
			t.Errorf("at %s: last %q, next %q, want %q, %q", tt.at, last.Name, next.Name, tt.last, tt.next)
		}
	}
	if _, ok := c.Freeze("feature"); ok {
		t.Error("found a freeze that is not there")
	}
}

func TestDefaultIncrements(t *testing.T) {
	want := []Increment{
		{1, 1, 2, day("2026-01-12"), day("2026-01-23"), 100},
		{2, 3, 4, day("2026-01-26"), day("2026-02-06"), 80},
		{3, 5, 6, day("2026-02-09"), day("2026-02-20"), 60},
		{4, 7, 8, day("2026-02-23"), day("2026-03-06"), 40},
	}
	for _, start := range []string{"2026-01-12", "2026-01-10", "2026-01-11"} { // Monday, and the weekend before
		if diff := cmp.Diff(want, DefaultIncrements(day(start))); diff != "" {
			t.Errorf("start %s (-want +got):\n%s", start, diff)
		}
	}
	want[0].Start = day("2026-01-15")
	if diff := cmp.Diff(want, DefaultIncrements(day("2026-01-15"))); diff != "" {
		t.Errorf("start on a Thursday (-want +got):\n%s", diff)
	}
}

func TestIncrements(t *testing.T) {
	c := Cycle{Start: day("2026-01-12"), End: day("2026-04-22"), Increments: DefaultIncrements(day("2026-01-12"))}
	type names struct{ Name, Title string }
	var got []names
	for _, i := range append(c.Increments, Increment{FromWeek: 9, ToWeek: 9}) {
		got = append(got, names{i.Name(), i.Title()})
	}
	want := []names{{"w1-2", "weeks 1–2"}, {"w3-4", "weeks 3–4"}, {"w5-6", "weeks 5–6"}, {"w7-8", "weeks 7–8"}, {"w9", "week 9"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for _, tt := range []struct{ from, to, want int }{
		{3, 4, 2}, {3, 3, 2}, {4, 4, 2}, {8, 8, 4}, {2, 3, 0}, {1, 4, 0}, {9, 9, 0}, {0, 0, 0}, {4, 3, 0},
	} {
		if i, ok := c.ByWeeks(tt.from, tt.to); i.Number != tt.want || ok != (tt.want > 0) {
			t.Errorf("ByWeeks(%d, %d) = %d, %v, want %d", tt.from, tt.to, i.Number, ok, tt.want)
		}
	}
	for _, tt := range []struct {
		at   string
		want int
	}{
		{"2026-01-11T23:59Z", 0}, {"2026-01-12T00:00Z", 1}, {"2026-01-24T11:59Z", 1},
		{"2026-01-24T12:00Z", 0}, // the weekend
		{"2026-01-26T00:00Z", 2}, {"2026-03-07T11:59Z", 4}, {"2026-03-07T12:00Z", 0},
	} {
		if i, ok := c.Current(at(tt.at)); i.Number != tt.want || ok != (tt.want > 0) {
			t.Errorf("Current(%s) = %d, %v, want %d", tt.at, i.Number, ok, tt.want)
		}
	}
	if got := c.Last().Number; got != 4 {
		t.Errorf("Last() = %d, want 4", got)
	}
	if got := (Cycle{}).Last(); got != (Increment{}) {
		t.Errorf("Last() without increments = %v", got)
	}
	if i, ok := c.Increment(2); !ok || i.Cap != 80 {
		t.Errorf("Increment(2) = %v, %v", i, ok)
	}
	if _, ok := c.Increment(5); ok {
		t.Error("Increment(5) was found")
	}
}

// Increments without a gap meet at noon UTC: the earlier one is current until it is over everywhere.
func TestCurrentWithoutGap(t *testing.T) {
	c := Cycle{Increments: []Increment{
		{Number: 2, FromWeek: 2, ToWeek: 2, Start: day("2026-01-19"), End: day("2026-01-25"), Cap: 80},
		{Number: 1, FromWeek: 1, ToWeek: 1, Start: day("2026-01-12"), End: day("2026-01-18"), Cap: 100},
	}}
	for when, want := range map[string]int{"2026-01-19T11:59Z": 1, "2026-01-19T12:00Z": 2} {
		if got, _ := c.Current(at(when)); got.Number != want {
			t.Errorf("Current(%s) = %d, want %d", when, got.Number, want)
		}
	}
}

func TestFind(t *testing.T) {
	calendar := realCalendar(t)
	for in, want := range map[string]string{"v1.35": "v1.35", "1.35": "v1.35", "V1.35": "v1.35", " 1.35 ": "v1.35",
		"1.3": "", "v1.350": "", "": "", "latest": "", "1.35.0": ""} {
		if c, ok := calendar.Find(in); c.Name != want || ok != (want != "") {
			t.Errorf("Find(%q) = %q, %v, want %q", in, c.Name, ok, want)
		}
	}
}

func TestParseWeeks(t *testing.T) {
	type window struct {
		From, To int
		OK       bool
	}
	for in, want := range map[string]window{
		"1-2": {1, 2, true}, "w3-4": {3, 4, true}, "W3-4": {3, 4, true}, "weeks 3–4": {3, 4, true}, "week 5": {5, 5, true},
		"7": {7, 7, true}, "3 - 4": {3, 4, true}, "4-3": {4, 3, false}, "0-2": {0, 2, false}, "": {}, "w": {}, "1-2-3": {}, "inc2": {},
	} {
		var got window
		got.From, got.To, got.OK = ParseWeeks(in)
		if !want.OK {
			got.From, got.To, want.From, want.To = 0, 0, 0, 0
		}
		if got != want {
			t.Errorf("ParseWeeks(%q) = %+v, want %+v", in, got, want)
		}
	}
	for _, i := range DefaultIncrements(day("2026-01-12")) {
		for _, s := range []string{i.Name(), i.Title()} {
			if from, to, ok := ParseWeeks(s); !ok || from != i.FromWeek || to != i.ToWeek {
				t.Errorf("ParseWeeks(%q) = %d, %d, %v", s, from, to, ok)
			}
		}
	}
}

func TestDay(t *testing.T) {
	for _, s := range []string{"", "2025-14-05", "2025-02-30", "2025-1-2", "2025-01-02T00:00Z", "tomorrow", " 2025-01-02"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("ParseDay(%q) = %v, want an error", s, d)
		}
	}
	d := day("2024-02-28")
	for n, want := range map[int]string{0: "2024-02-28", 1: "2024-02-29", 2: "2024-03-01", -59: "2023-12-31"} {
		if got := d.AddDays(n); got.String() != want || d.DaysUntil(got) != n {
			t.Errorf("AddDays(%d) = %s (%d days), want %s", n, got, d.DaysUntil(got), want)
		}
	}
	if !d.Before(d.AddDays(1)) || d.Before(d) || d.After(d) || !d.AddDays(1).After(d) {
		t.Error("Before and After disagree with AddDays")
	}
	if got := DayAoE(at("2025-10-17T11:59Z")).String(); got != "2025-10-16" {
		t.Errorf("DayAoE just before noon UTC = %s, want the day before", got)
	}
	if got := DayAoE(d.EndAoE()); got != d.AddDays(1) {
		t.Errorf("DayAoE(EndAoE) = %s, want the next day", got)
	}
	if got := DayOf(at("2025-10-17T23:30-02:00")).String(); got != "2025-10-18" {
		t.Errorf("DayOf counts in UTC: %s", got)
	}
}

// A Day is read from YAML with and without quotes, and a Cycle survives JSON.
func TestMarshalling(t *testing.T) {
	var got struct{ Quoted, Plain, Empty Day }
	if err := yaml.UnmarshalStrict([]byte("quoted: \"2027-01-12\"\nplain: 2027-01-12\nempty: \"\"\n"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Quoted != day("2027-01-12") || got.Plain != got.Quoted || !got.Empty.IsZero() {
		t.Errorf("got %+v", got)
	}
	if err := yaml.Unmarshal([]byte("plain: 2025-30-01"), &got); err == nil {
		t.Error("an impossible date was taken")
	}
	for _, c := range append(realCalendar(t), Cycle{Name: "v1.38", Start: day("2026-09-14"), End: day("2026-12-16"),
		Planning: day("2026-07-20"), OpenFrom: day("2026-06-22"), Plan: "kubernetes/sig-release#2900"}) {
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Cycle
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, back); diff != "" {
			t.Errorf("%s (-want +got):\n%s", data, diff)
		}
	}
	data, err := json.Marshal(Cycle{Name: "v1.38", Start: day("2026-09-14"), End: day("2026-12-16")})
	if want := `{"name":"v1.38","start":"2026-09-14","end":"2026-12-16"}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v, want %s", data, err, want)
	}
}
