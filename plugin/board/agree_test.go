package board

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
)

// TestAgendaAndGridAgree: the counts say what the lists hold.
func TestAgendaAndGridAgree(t *testing.T) {
	for name, w := range map[string]*world{"not opened": threeSIGs(), "open": votesOpen(), "approved": approvedPlan(), "hostile": hostileWorld()} {
		var d planDoc
		if err := json.Unmarshal(get(t, w, "/plan/v1.38.json").Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		listed, lanes := 0, 0
		for _, part := range [][]backlog{d.Agenda, d.Others} {
			for _, b := range part {
				listed += len(b.Items)
			}
		}
		for _, l := range d.Schedule {
			lanes += l.Counts.Items
		}
		if listed != d.Counts.Items+d.Counts.Dropped || lanes != d.Counts.Items || len(w.keys) != d.Counts.Items {
			t.Errorf("%s: %d listed, %d in lanes, %d counted of %d", name, listed, lanes, d.Counts.Items, len(w.keys))
		}
	}
}

// TestSameWordsAsTheRecord: headline and needs of the page are those of the record.
func TestSameWordsAsTheRecord(t *testing.T) {
	over := approvedPlan()
	over.closing = 4999
	for name, w := range map[string]*world{"not opened": threeSIGs(), "open": votesOpen(), "approved": approvedPlan(), "over": over} {
		p := w.Plans()[0]
		record := site.Plan(render.Plan{Key: p.Key, Assessment: p.Assessment, Schedule: plan.ScheduleOf(p.Cycle, p.Items, p.Order, p.Read), Now: p.Read, Closing: p.Closing})
		lines := strings.SplitN(record, "\n", 3)
		d := links{site}.planDoc(p)
		if lines[0] != "### "+d.Headline {
			t.Errorf("%s: %q, the record %q", name, d.Headline, lines[0])
		}
		if name == "over" {
			if page := get(t, w, "/plan/v1.38").Body.String(); len(d.Needs) > 0 || !strings.Contains(page, "The cycle is over:") || strings.Contains(page, "expected to ship") || !strings.Contains(lines[1], "The cycle is over:") {
				t.Errorf("%s: needs %q, the record %q\n%s", name, d.Needs, lines[1], page)
			}
			continue
		}
		want := strings.ReplaceAll(strings.TrimPrefix(lines[1], "**Needs:** "), "`", "")
		if got := strings.Join(d.Needs, " · "); got != want || got == "" {
			t.Errorf("%s: needs %q, the record %q", name, got, want)
		}
		if strings.Contains(record, "**What does not fit:**") != (len(d.NotFitting) > 0) {
			t.Errorf("%s: %q", name, d.NotFitting)
		}
	}
}
