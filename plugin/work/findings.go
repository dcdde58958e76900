package work

import (
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
)

// Target is what is known of an issue that an item asks something of.
type Target struct {
	Readable bool // false: not in the configuration, private, gone; all told alike
	Issue    Issue
	Item     *Item  // its fold in the same cycle, never nil when Readable
	SIG      string // owning SIG, "" unknown
}

// Facts are what the findings of an item look at, beside its own fold. They
// are complete: a part that could not be read ended the round before.
type Facts struct {
	Plan    PlanFact
	Now     time.Time // GitHub's Date
	Cycle   cycle.Cycle
	Issue   Issue
	KEPs    Catalogues
	KEPRepo string
	Targets map[Key]Target // of every Ask
	SameKEP []Key          // other issues committed to this cycle with the same KEP
	Loop    []Key          // a path of asks from this item back to it, first and last the same
	Asked   []Key          // issues whose items ask something of this one
	OptedIn bool           // in the cycle's milestone with the configured label
	// Exceptions are what func Exceptions gives for the item.
	Exceptions []Exception
}

// FindingCode names a finding.
type FindingCode string

// Findings are derived every round and shown; they never refuse anything.
const (
	NoKEP            FindingCode = "no-kep"
	UnknownKEP       FindingCode = "kep-unknown"
	KEPStatus        FindingCode = "kep-status"    // not implementable
	KEPStage         FindingCode = "kep-stage"     // stage/* label says another stage
	KEPMilestone     FindingCode = "kep-milestone" // latest-milestone names another release
	NoAssignee       FindingCode = "no-assignee"   // unfunded work?
	Unscheduled      FindingCode = "unscheduled"   // checklist items without an increment
	ItemGone         FindingCode = "item-gone"     // committed text left the checklist
	OverCap          FindingCode = "over-cap"      // the cap changed below the commitment
	NoWindow         FindingCode = "no-window"     // the increment left the calendar
	SIGLabel         FindingCode = "sig-label"     // no sig/* label is the owning SIG's
	SameKEPTwice     FindingCode = "same-kep"      // another item of the cycle has this KEP
	ChangedSinceVote FindingCode = "changed-since-vote"
	SelfDependency   FindingCode = "self-dependency"
	DependencyCycle  FindingCode = "dependency-cycle"
	Unreadable       FindingCode = "unreadable"
	ClosedUnmerged   FindingCode = "closed-unmerged"
	ClosedNotPlanned FindingCode = "closed-not-planned"
	NotCommitted     FindingCode = "target-not-committed"
	NotPromised      FindingCode = "not-promised"
	Declined         FindingCode = "declined"
	Late             FindingCode = "later-than-dependant"
	DraftException   FindingCode = "exception-draft"       // named lines are missing
	WaitsForSupport  FindingCode = "exception-support"     // SIGs have not said that they support it
	AfterDecision    FindingCode = "exception-late-words"  // words that change nothing any more
	NotCounted       FindingCode = "exception-not-counted" // words read after the decision was made
	ExpiredException FindingCode = "exception-expired"
	TargetSlipped    FindingCode = "target-slipped" // it does not come as it was said
)

// Finding is one thing that does not fit, with the words that show it.
type Finding struct {
	Code  FindingCode
	Key   Key      // the other issue, if there is one
	Words []string // what was seen, what was expected
	Path  []Key    // for DependencyCycle
}

// Edge is one dependency with what the giving side says of it. It is met when
// asked, promised and in order in time.
type Edge struct {
	Ask      Ask
	Target   Target
	Promise  *Promise
	Findings []Finding
}

// Met reports whether the dependency holds.
func (e Edge) Met() bool { return len(e.Findings) == 0 }

// findings lists what does not fit about the item itself.
func (a *Assessment) findings(item *Item, f Facts) {
	if f.Plan.Changed {
		a.add(Finding{Code: ChangedSinceVote})
	}
	a.kepFindings(item, f)
	if !a.Delivered {
		if len(f.Issue.Assignees) == 0 {
			a.add(Finding{Code: NoAssignee})
		}
		a.commitmentFindings(item, f)
	}
	if a.SIG != "" {
		labels := prefixed(f.Issue.Labels, "sig/")
		if len(labels) > 0 && !slices.Contains(labels, a.SIG) {
			a.add(Finding{Code: SIGLabel, Words: []string{a.SIG, strings.Join(labels, ", ")}})
		}
	}
	for _, k := range f.SameKEP {
		a.add(Finding{Code: SameKEPTwice, Key: k})
	}
	if len(f.Loop) > 0 && !a.Delivered {
		a.add(Finding{Code: DependencyCycle, Path: f.Loop})
	}
	for _, e := range f.Exceptions {
		a.exceptionFindings(e)
	}
}

// exceptionFindings lists what does not fit about an exception. Words are its freeze
// and what each finding is about.
func (a *Assessment) exceptionFindings(e Exception) {
	add := func(code FindingCode, words []string) {
		if len(words) > 0 {
			a.add(Finding{Code: code, Words: append([]string{e.Freeze}, words...)})
		}
	}
	if e.State == ExceptionDraft {
		add(DraftException, e.Missing)
	}
	if e.State == ExceptionRequested {
		add(WaitsForSupport, e.Waiting)
	}
	if e.State == ExceptionExpired && !e.DoneLate {
		add(ExpiredException, []string{e.Decided.Due.String()})
	}
	add(AfterDecision, commands(e.Late))
	add(NotCounted, commands(e.Uncounted))
}

func commands(said []Said) []string {
	var lines []string
	for _, s := range said {
		lines = append(lines, s.Command)
	}
	return lines
}

func (a *Assessment) add(f Finding) { a.Findings = append(a.Findings, f) }

func (a *Assessment) kepFindings(item *Item, f Facts) {
	ref, how := ParentKEP(item, f.Issue, f.KEPRepo)
	if how == "" {
		a.add(Finding{Code: NoKEP})
		return
	}
	a.KEPRef, a.KEPHow = ref, how
	k, ok := FindKEP(item, f.Issue, f.KEPs, f.KEPRepo)
	if !ok {
		finding := Finding{Code: UnknownKEP, Words: []string{ref.Repo}}
		if c := f.KEPs[ref.Repo]; c != nil {
			for _, near := range c.Near(ref.Number) {
				finding.Key = KEPIssue(near.Ref)
				finding.Words = append(finding.Words, near.Title)
				break
			}
		}
		a.add(finding)
		return
	}
	a.KEP = &k
	if !k.Workable() {
		a.add(Finding{Code: KEPStatus, Words: []string{k.Status}})
	}
	if m, ok := kep.NormalMilestone(k.LatestMilestone); ok && m != item.Cycle {
		a.add(Finding{Code: KEPMilestone, Words: []string{k.LatestMilestone, item.Cycle}})
	}
	if stages := prefixed(f.Issue.Labels, "stage/"); len(stages) > 0 && k.Stage != "" && !slices.Contains(stages, k.Stage) {
		a.add(Finding{Code: KEPStage, Words: []string{k.Stage, strings.Join(stages, ", ")}})
	}
}

func (a *Assessment) commitmentFindings(item *Item, f Facts) {
	if !item.Committed() {
		return
	}
	list := Checklist(f.Issue.Body)
	whole := false
	covered := map[string]bool{}
	for _, c := range item.Commitments {
		whole = whole || c.Item == ""
		covered[c.Item] = true
		if _, done := item.Delivery(c.Item); done && c.Item != "" {
			continue // where it was planned does not matter any more
		}
		if c.Item != "" && !slices.Contains(list, c.Item) {
			a.add(Finding{Code: ItemGone, Words: []string{c.Item}})
		}
		inc, ok := incrementOf(f.Cycle, c.Window)
		switch {
		case !ok:
			a.add(Finding{Code: NoWindow, Words: []string{c.Window}})
		case c.Percent > inc.Cap:
			a.add(Finding{Code: OverCap, Words: []string{inc.Title(), percent(c.Percent), percent(inc.Cap)}})
		}
	}
	if whole {
		return
	}
	var left []string
	for _, text := range list {
		if _, done := item.Delivery(text); !done && !covered[text] {
			left = append(left, text)
		}
	}
	if len(left) > 0 {
		a.add(Finding{Code: Unscheduled, Words: left})
	}
}

// edge judges one dependency. The first reason that stands is enough: a target
// that cannot be read has no promise to speak of.
func edge(item *Item, ask Ask, f Facts) Edge {
	e := Edge{Ask: ask, Target: f.Targets[ask.Target]}
	add := func(code FindingCode, words ...string) {
		e.Findings = append(e.Findings, Finding{Code: code, Key: ask.Target, Words: words})
	}
	if ask.Target == item.Key {
		add(SelfDependency)
		return e
	}
	t := e.Target
	if !t.Readable {
		add(Unreadable)
		return e
	}
	if p, ok := t.Item.Promise(item.Key); ok {
		e.Promise = &p
	}
	switch {
	case t.Delivered():
		return e
	case t.Issue.Pull && t.Issue.Closed:
		add(ClosedUnmerged)
		return e
	case t.Issue.Closed:
		add(ClosedNotPlanned)
		return e
	}
	switch {
	case e.Promise == nil:
		if !t.Item.Committed() {
			add(NotCommitted)
		}
		add(NotPromised)
		if words, ok := slipped(item, e, f); ok {
			add(TargetSlipped, words...)
		}
	case e.Promise.Declined:
		add(Declined, e.Promise.Text)
	default:
		if !t.Item.Committed() && !t.Issue.Pull {
			add(NotCommitted)
		}
		if words, ok := slipped(item, e, f); ok { // the order in time as it is now
			add(TargetSlipped, words...)
		} else if late, words := tooLate(item, e, f.Cycle); late {
			add(Late, words...)
		}
	}
	return e
}

// tooLate compares the increment in which it will be given with the one by
// which it is needed. Without "by", needed is the last increment that the item
// is committed to; without weeks in the promise, given is the last increment
// that the target is committed to. What neither side said is not late.
func tooLate(item *Item, e Edge, c cycle.Cycle) (bool, []string) {
	needed, ok := needed(item, e.Ask, c)
	if !ok {
		return false, nil
	}
	given, _, ok := e.given(c)
	if !ok {
		return false, nil
	}
	return given.Number > needed.Number, []string{given.Title(), needed.Title()}
}

func lastOf(item *Item, c cycle.Cycle) (cycle.Increment, bool) {
	var last cycle.Increment
	for _, commitment := range item.Commitments {
		if inc, ok := incrementOf(c, commitment.Window); ok && inc.Number > last.Number {
			last = inc
		}
	}
	return last, last.Number > 0
}

func incrementOf(c cycle.Cycle, window string) (cycle.Increment, bool) {
	for _, inc := range c.Increments {
		if inc.Name() == window {
			return inc, true
		}
	}
	return cycle.Increment{}, false
}

// prefixed lists the labels with a prefix, without it.
func prefixed(labels []string, prefix string) []string {
	var out []string
	for _, l := range labels {
		if rest, ok := strings.CutPrefix(l, prefix); ok {
			out = append(out, rest)
		}
	}
	slices.Sort(out)
	return out
}
