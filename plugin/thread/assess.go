package thread

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// Verdict is what a pull request is to the plans. It is what a merge receipt keeps.
type Verdict string

// The verdicts.
const (
	Planned   Verdict = "planned"   // its work is committed and approved in an open cycle, or has an exception
	Unplanned Verdict = "unplanned" // it has a KEP, and its work is in no plan
	Exempt    Verdict = "exempt"    // no KEP is asked of it
	Unknown   Verdict = "unknown"   // no thread was found, or with Unsure it could not be told
)

// Need is what the one comment on a pull request asks for.
type Need string

// The needs. A pull request that is fine has none.
const (
	NeedNothing Need = ""
	NeedKEP     Need = "kep"      // nothing leads to a KEP
	NeedChoice  Need = "choice"   // something leads to several
	NeedRealKEP Need = "real-kep" // what was named is not there
	NeedPlan    Need = "plan"     // the work is in no plan, where the mode asks for that
)

// Gate is what the labels should say.
type Gate struct {
	Keep     bool // labels and comment stay as they are: it could not be told, or the pull request is closed
	NeedsKEP bool // LabelNeedsKEP should be on it
	Checked  bool // LabelChecked should be on it; never together with the other
}

// Assessment is a pull request held against all that is known.
type Assessment struct {
	Pull    Pull
	KEPRepo string
	Mode    Mode

	Thread Thread
	KEP    *kep.KEP   // of the catalogue; nil without a thread
	Item   work.Key   // the work item of /part-of, if that is one
	Exempt *Exemption // by nature also beside a thread
	Notes  []Finding  // what leads nowhere, strongest sign first, what does not fit, hints
	Checks []Check    // always all five
	Unread []Unread   // what should have been known

	Verdict Verdict
	Cycle   string   // the open cycle in which it is planned, or that was looked at
	By      Excuse   // with Planned
	For     work.Key // the work item that the verdict rests on, zero if none
	Unsure  bool     // something that could change the verdict was not read
	Need    Need
	Gate    Gate

	Looked []work.Key // issues that the description names and of which something was known
}

// Linked reports whether the pull request has a KEP that exists.
func (a Assessment) Linked() bool { return a.KEP != nil }

// Comment reports whether the pull request should bear the one comment. While Gate.Keep, a comment that is there stays
// as it is and none is made.
func (a Assessment) Comment() bool {
	return a.Need != NeedNothing && a.Mode.AtLeast(Warn) && !a.Gate.Keep
}

// Missing lists issues whose facts were not given and are needed, such as the work items of the KEP: read them and assess
// again. Where those of State.Wants were given, one more round is enough.
func (a Assessment) Missing() []work.Key {
	var keys []work.Key
	for _, u := range a.Unread {
		if u.Item.Number > 0 {
			keys = append(keys, u.Item)
		}
	}
	return keys
}

// Follow lists references that are no KEP of the catalogue and may be pull requests of the KEP repository. Facts.KEPPulls
// of them, if they were read, make a better hint; nothing else rests on that.
func (a Assessment) Follow() []work.Key {
	var keys []work.Key
	for _, f := range a.Notes {
		if f.Code == NoSuchKEP {
			keys = append(keys, work.KEPIssue(f.KEPs[0]))
		}
	}
	return keys[:min(len(keys), maxWanted)]
}

// Likely lists the KEPs that may have been meant where none counted: those to choose from, near ones, those that a
// linked pull request changed. The strongest sign first, each once.
func (a Assessment) Likely() []kep.Ref {
	if a.Linked() {
		return nil
	}
	var out []kep.Ref
	add := func(r kep.Ref) {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	for _, f := range a.Notes {
		switch f.Code {
		case Ambiguous, PullLink, ItemIsPull:
			for _, r := range f.KEPs {
				add(r)
			}
		case NoSuchKEP:
			for _, k := range f.Near {
				add(k.Ref)
			}
		}
	}
	return out
}

// Assess holds a pull request against the facts. It is pure: the same state and facts give the same assessment.
func Assess(s *State, f Facts) Assessment {
	a := Assessment{Pull: s.Pull, KEPRepo: s.KEPRepo, Mode: f.Mode}
	for _, key := range slices.Concat(s.Closes, s.Mentions) {
		if fact := f.Items[key]; fact.Readable { // what may not be seen is as if it were not there
			a.Looked = append(a.Looked, key)
		}
	}
	b := &belief{s: s, f: f, a: &a}
	b.walk()
	if e, is := ByNature(s.Pull); is && a.Exempt == nil {
		a.Exempt = &e
	}
	threadUnsure := !a.Linked() && a.Exempt == nil && len(a.Unread) > 0
	var plan stand
	if a.Linked() {
		plan = b.stand()
	}
	b.checks(plan)
	a.settle(plan, threadUnsure)
	a.need(plan)
	a.gate(plan, threadUnsure)
	return a
}

// settle gives the verdict.
func (a *Assessment) settle(s stand, threadUnsure bool) {
	if a.Linked() {
		a.Cycle, a.For = s.cycle.Name, s.item
	}
	switch {
	case a.Exempt != nil:
		a.Verdict = Exempt
	case !a.Linked():
		a.Verdict, a.Unsure = Unknown, threadUnsure
	case s.fact.planned():
		a.Verdict, a.By = Planned, ByApproval
		if !s.fact.Approved || !s.fact.Committed {
			a.By = ByException
		}
	case !s.known:
		a.Verdict, a.Unsure = Unknown, true
	default:
		a.Verdict = Unplanned
	}
}

// need says what is missing, whatever the mode but for NeedPlan.
func (a *Assessment) need(s stand) {
	switch {
	case a.Exempt != nil || a.Pull.Closed || a.Pull.Merged || a.Unsure && !a.Linked():
	case a.Linked():
		// While no cycle is open there is no plan to be in.
		if a.Verdict == Unplanned && s.open && a.Mode.AtLeast(BlockUnplanned) {
			a.Need = NeedPlan
		}
	default:
		a.Need = NeedKEP
		if trouble := a.Trouble(); trouble != nil {
			a.Need = NeedRealKEP
			if trouble.Code == Ambiguous {
				a.Need = NeedChoice
			}
		}
	}
}

// Trouble is why the strongest sign that there is leads to no KEP. nil if the pull request has one, or there is no sign.
func (a Assessment) Trouble() *Finding {
	if a.Linked() {
		return nil
	}
	for k, f := range a.Notes {
		switch f.Code {
		case Ambiguous, NoSuchKEP, ForeignKEP, ItemGone, ItemIsPull, ItemItself, ItemNoKEP:
			return &a.Notes[k]
		}
	}
	return nil
}

// gate says what the labels should be.
func (a *Assessment) gate(s stand, threadUnsure bool) {
	switch {
	case a.Pull.Closed || a.Pull.Merged, threadUnsure && a.Mode.AtLeast(Warn):
		a.Gate.Keep = true
	case !a.Mode.AtLeast(Block):
	case a.Exempt != nil:
		a.Gate.Checked = true
	case a.Unsure && s.open && a.Mode.AtLeast(BlockUnplanned):
		a.Gate.Keep = true
	default:
		a.Gate.NeedsKEP = a.Need != NeedNothing
		a.Gate.Checked = !a.Gate.NeedsKEP
	}
}
