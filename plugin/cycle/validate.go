package cycle

import (
	"fmt"
	"regexp"
	"strings"
)

// FieldError is one thing in a calendar that cannot be used: where it stands, what stands there and what may stand
// there. It prints as "increments[1].cap: 120: a cap is 1 to 100".
type FieldError struct {
	Path  string // from the cycle, in the names of the config: "freezes[0].at"
	Value string // as written; empty when something is missing
	Want  string // a sentence without a full stop
}

func (e *FieldError) Error() string {
	if e.Value == "" {
		return e.Path + ": " + e.Want
	}
	return e.Path + ": " + e.Value + ": " + e.Want
}

var (
	nameForm = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,4}$`)
	planForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+#[1-9][0-9]{0,9}$`)
)

// findings collects the errors of one walk over a cycle.
type findings []error

func (f *findings) add(path string, value any, want string) {
	*f = append(*f, &FieldError{Path: path, Value: fmt.Sprint(value), Want: want})
}

// Validate gives every error of the cycle at once, in the order of its fields; each is a *FieldError.
func (c Cycle) Validate() []error {
	var f findings
	if !nameForm.MatchString(c.Name) {
		f.add("name", c.Name, "a cycle is named after its release, like v1.38")
	}
	c.checkDates(&f)
	c.checkIncrements(&f)
	c.checkFreezes(&f)
	if c.Plan != "" && !planForm.MatchString(c.Plan) {
		f.add("plan", c.Plan, "the plan issue is written org/repo#number")
	}
	return f
}

func (c Cycle) checkDates(f *findings) {
	if c.Start.IsZero() {
		f.add("start", "", "the first day of the cycle is needed")
	}
	if c.End.IsZero() {
		f.add("end", "", "the day of the release is needed")
	}
	if c.Start.IsZero() || c.End.IsZero() {
		return
	}
	if !c.Start.Before(c.End) {
		f.add("end", c.End, "the end is after the start, "+c.Start.String())
	}
	if !c.OpenFrom.IsZero() && c.OpenFrom.After(c.Start) {
		f.add("openFrom", c.OpenFrom, "a cycle opens at its start, "+c.Start.String()+", or before")
	}
	if !c.Planning.IsZero() && (c.Planning.Before(c.OpensOn()) || c.Planning.After(c.End)) {
		f.add("planning", c.Planning, fmt.Sprintf("planning is while the cycle is open, %s to %s", c.OpensOn(), c.End))
	}
}

func (c Cycle) checkIncrements(f *findings) {
	if len(c.Increments) == 0 {
		f.add("increments", "", "at least one increment is needed")
	}
	for n, i := range c.Increments {
		path := fmt.Sprintf("increments[%d]", n)
		if i.Number != n+1 {
			f.add(path+".number", i.Number, fmt.Sprintf("increments are numbered in order, this is %d", n+1))
		}
		if i.FromWeek < 1 || i.ToWeek < i.FromWeek {
			f.add(path+".weeks", fmt.Sprintf("%d-%d", i.FromWeek, i.ToWeek), "weeks are counted from 1 and go up, like 3-4")
		} else if want := c.weeksBefore(n) + 1; i.FromWeek != want {
			f.add(path+".weeks", fmt.Sprintf("%d-%d", i.FromWeek, i.ToWeek), fmt.Sprintf("weeks follow each other, this starts with %d", want))
		}
		if i.Cap < 1 || i.Cap > 100 {
			f.add(path+".cap", i.Cap, "a cap is 1 to 100")
		} else if n > 0 && i.Cap > c.Increments[n-1].Cap {
			f.add(path+".cap", i.Cap, fmt.Sprintf("caps never rise, the one before is %d", c.Increments[n-1].Cap))
		}
		c.checkIncrementDates(f, path, n)
	}
}

// weeksBefore is the last week of the increment before the n-th, 0 for the first.
func (c Cycle) weeksBefore(n int) int {
	if n == 0 {
		return 0
	}
	return c.Increments[n-1].ToWeek
}

func (c Cycle) checkIncrementDates(f *findings, path string, n int) {
	i := c.Increments[n]
	if i.Start.IsZero() {
		f.add(path+".start", "", "the first day of the increment is needed")
	}
	if i.End.IsZero() {
		f.add(path+".end", "", "the last day of the increment is needed")
	}
	if i.Start.IsZero() || i.End.IsZero() {
		return
	}
	if i.End.Before(i.Start) {
		f.add(path+".end", i.End, "the end is not before the start, "+i.Start.String())
	}
	if n > 0 && !i.Start.After(c.Increments[n-1].End) {
		f.add(path+".start", i.Start, "increments do not overlap, the one before ends "+c.Increments[n-1].End.String())
	}
	if !c.Start.IsZero() && i.Start.Before(c.Start) {
		f.add(path+".start", i.Start, "an increment lies inside the cycle, which starts "+c.Start.String())
	}
	if !c.End.IsZero() && i.End.After(c.End) {
		f.add(path+".end", i.End, "an increment lies inside the cycle, which ends "+c.End.String())
	}
}

func (c Cycle) checkFreezes(f *findings) {
	seen := map[string]bool{}
	for n, z := range c.Freezes {
		path := fmt.Sprintf("freezes[%d]", n)
		name := strings.ToLower(z.Name)
		switch {
		case strings.TrimSpace(z.Name) == "":
			f.add(path+".name", "", "a freeze has a name, like enhancements")
		case strings.ContainsAny(z.Name, " \t\r\n"):
			f.add(path+".name", z.Name, "the name of a freeze is one word, it is typed in commands")
		case seen[name]:
			f.add(path+".name", z.Name, "this freeze is listed twice")
		}
		seen[name] = true
		if z.Window < 0 || z.Window > 60 {
			f.add(path+".window", z.Window, "the window is 0 to 60 days")
		}
		c.checkFreezeTime(f, path, z)
	}
}

func (c Cycle) checkFreezeTime(f *findings, path string, z Freeze) {
	if z.At.IsZero() && z.Date.IsZero() {
		f.add(path+".date", "", "a freeze has a date or an instant (at)")
		return
	}
	if !z.At.IsZero() && !z.Date.IsZero() {
		fromDate := Freeze{Date: z.Date, AoE: z.AoE}.Instant()
		if !z.At.Equal(fromDate) {
			f.add(path+".at", z.At.UTC().Format("2006-01-02T15:04Z"), "the date says "+fromDate.Format("2006-01-02T15:04Z"))
		}
	}
	if c.Start.IsZero() || c.End.IsZero() {
		return
	}
	if at := z.Instant(); at.Before(c.Start.StartUTC()) || at.After(c.End.EndAoE()) {
		f.add(path+".date", z.Day(), fmt.Sprintf("a freeze lies inside the cycle, %s to %s", c.Start, c.End))
	}
}

// Validate gives every error of every cycle, with the cycle's place before the path, and names that are used twice.
func (c Calendar) Validate() []error {
	var f findings
	first := map[string]int{}
	for n, one := range c {
		prefix := fmt.Sprintf("cycles[%d].", n)
		for _, err := range one.Validate() {
			if fe, ok := err.(*FieldError); ok {
				f = append(f, &FieldError{Path: prefix + fe.Path, Value: fe.Value, Want: fe.Want})
			}
		}
		if m, twice := first[one.Name]; twice && one.Name != "" {
			f.add(prefix+"name", one.Name, fmt.Sprintf("the same name as cycles[%d]", m))
		} else {
			first[one.Name] = n
		}
	}
	return f
}
