package board

import (
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/work"
)

// Source gives the last folded states. It should not give what is private; the
// board leaves it out again. What it gives is not changed by the board and must not
// change afterwards. It is asked from many goroutines, for every request.
type Source interface {
	// Plans gives one for each cycle that has a plan issue and was read, in the
	// calendar's order.
	Plans() []Plan
	// Item gives a work item, ok is false for what is not tracked or not read yet.
	Item(key work.Key) (item Item, ok bool)
}

// Plan is the plan of one cycle, as last folded.
type Plan struct {
	Key     work.Key // the plan issue
	Title   string   // of the plan issue, "" not known
	Private bool     // its repository is private: there is no such plan
	Record  int64    // id of the comment with its record, 0 not known
	Cycle   cycle.Cycle
	// Assessment was made with all items that may be told of on the plan issue.
	Assessment plan.Assessment
	// Items are all that were spoken of in the cycle. The schedule is laid out from
	// those that are not private.
	Items []plan.Item
	Order map[string][]work.Key // each SIG's backlog, as plan.State.Backlogs gives it
	Draft plan.Draft
	// Demos are all that were shown in the cycle, NoDemo what is delivered and was not
	// shown; Exceptions are all requests, also those that ended.
	Demos      []Demo
	NoDemo     []work.Key
	Exceptions []ItemException
	// Survey is what the satisfaction survey came to, Trend the same beside the cycles
	// before, Facilitators of the SIGs with answers by bare name.
	Survey       plan.Satisfaction
	Trend        plan.Trend
	Facilitators map[string][]string
	Closing      int64     // id of the comment with the closing report, 0 before the end
	Read         time.Time // when it was folded, by GitHub's Date
}

// Demo is what somebody showed of an item.
type Demo struct {
	Key       work.Key
	Title     string // of the item, "" not known
	SIG       string // that owns it, without "sig-", "" not known
	URL       string // as it was given, "" none
	Text      string
	Said      work.Said
	Confirmed work.Said // the facilitator's /done after it, zero: none yet
}

// ItemException is one request for one freeze, with the item that it is for.
type ItemException struct {
	Key   work.Key
	Title string // of the item, "" not known
	SIG   string // that owns it, without "sig-", "" not known
	work.Exception
}

// Item is one work item, as last folded.
type Item struct {
	Issue work.Issue
	Views []View // by cycle, in the calendar's order
	Read  time.Time
}

// View is an item in one cycle. Its page shows what the record shows; a Record
// without History leaves the custody section out.
type View struct {
	Record  render.Record
	Comment int64 // id of the comment with the record, 0 not known
}
