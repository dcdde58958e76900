package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// PrunePreview gives the comment that shows what a prune would take, from when
// on, and the line that confirms it. Nobody is called here: PruneNotice goes to
// each item's owner.
func (s Site) PrunePreview(on slash.Key, cycle string, p plan.PrunePreview) string {
	return fit(func(l portion) string {
		var b strings.Builder
		say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
		if len(p.Items) == 0 {
			say("### Plan for ", plain(cycle), ": nothing to prune", scope(p.SIG), "\nEvery open item of the plan that is in the milestone is approved, or has an exception. Asked by ", s.asker(on, p.Asked), ".\n")
			say("\n<sub>Kept by Steelthread; edits here are put back.", s.links(s.planOnWeb(cycle)), "</sub>\n")
			return b.String()
		}
		say("### Plan for ", plain(cycle), ": ", count(len(p.Items), "item", "items"), " would lose the milestone", scope(p.SIG), "\n",
			one(len(p.Items), "It is in the plan and was", "They are in the plan and were"), " not approved in round ", digitsOf(p.Round), ". **Nothing has changed yet.** Asked by ", s.asker(on, p.Asked),
			". The owners are told on their issues, but for repositories that are set to `quiet`.\n")
		say("\nFrom ", plan.UntilWords(p.GraceUntil), " on ", one(len(p.Items), "it", "they"), " can be cleared:\n", block("", "/plan prune confirm "+p.Hash))
		say("What is approved, closed, moved to another milestone or has an exception by then keeps it. Pull requests, bugs, flakes, failing tests, regressions and critical-urgent issues are never taken; nothing is closed.\n\n")
		say(s.bySIG(on, p.Items, l))
		say("\n<sub>The signed part of this comment lists every item. Kept by Steelthread; edits here are put back.", s.links(s.planOnWeb(cycle)), "</sub>\n")
		return b.String()
	})
}

// one gives the words for one item, or those for several.
func one(n int, single, several string) string {
	if n == 1 {
		return single
	}
	return several
}

// scope names the one SIG whose items are meant.
func scope(sig string) string {
	if sig == "" {
		return ""
	}
	return ", of " + sigName(sig) + " only"
}

// PruneNotice is what the owner of an item hears before it loses its milestone.
type PruneNotice struct {
	Cycle   string
	Plan    slash.Key         // the plan issue
	Comment int64             // id of the preview there, 0 not known
	Preview plan.PrunePreview // that lists the item
	Owners  []string          // facilitators of the SIG that owns the item; they must hear
	SIG     string            // that SIG, "" unknown
	// Committed: something is committed, which can be taken back; else it is in the
	// plan by milestone and label alone.
	Committed bool
}

// PruneNotice gives the notice on the item: what happens when, why, and what can
// be done.
func (s Site) PruneNotice(n PruneNotice) string {
	preview := "a preview on the plan"
	where := n.Preview.Asked.Comment
	if n.Comment != 0 {
		where = n.Comment
	}
	if where != 0 {
		preview = link(preview, s.Comment(n.Plan, where))
	}
	leave := "nothing needs to be said.\n"
	if n.Committed {
		leave = who(n.SIG, nil, false) + " can take it out of the plan now:\n" + block("", "/commit cancel "+n.Cycle)
	}
	return address(n.Owners) + "**This issue may lose the milestone " + plain(n.Cycle) + "**, not before " + plan.UntilWords(n.Preview.GraceUntil) +
		": it is in the plan for " + plain(n.Cycle) + " and was not approved in round " + digitsOf(n.Preview.Round) + " (" + preview + ", asked for by " +
		person(n.Preview.Asked.Login) + ").\n\nUntil then nothing changes. It keeps the milestone if it is approved in a further round or gets an exception before that. " +
		"The issue stays open and its pull requests are left alone. If it will not ship in " + plain(n.Cycle) + " anyway, " + leave
}

// Pruned gives the comment that says what lost its milestone, and what was
// spared since the preview.
func (s Site) Pruned(on slash.Key, cycle string, p plan.Pruned) string {
	return fit(func(l portion) string {
		var b strings.Builder
		say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
		say("### Plan for ", plain(cycle), ": ", count(len(p.Items), "item loses", "items lose"), " the milestone", scope(p.SIG), "\n")
		say(one(len(p.Items), "It was", "They were"), " not approved in round ", digitsOf(p.Round), ". Confirmed by ", s.asker(on, p.Asked), ", after ", link("the preview", s.Comment(on, p.Preview.Comment)),
			" ", Code(p.Hash), ". Nothing is closed; an exception brings one back.\n")
		if len(p.Items) > 0 {
			say("\n", s.bySIG(on, p.Items, l))
		}
		if len(p.Spared) > 0 {
			say("\n**", upper(count(len(p.Spared), "item keeps", "items keep")), " it:** approved, closed, moved or with an exception since the preview.\n\n", s.bySIG(on, p.Spared, l))
		}
		say("\n<sub>The signed part of this comment lists every item. Kept by Steelthread; edits here are put back.", s.links(s.planOnWeb(cycle)), "</sub>\n")
		return b.String()
	})
}

// takenOut says on an item's record why it is out of the milestone.
func (p *page) takenOut() {
	if !p.TakenOut || p.closed() {
		return
	}
	p.say("\n**Pruned:** the milestone ", plain(p.item.Cycle), " was cleared because the approved plan is without this issue")
	if p.TakenOutAt != (slash.Key{}) {
		p.say(", ", link("confirmed on the plan", p.Comment(p.TakenOutAt, p.TakenOutBy)))
	}
	p.say(". Who sets it again means it: the issue is then unplanned work, until a further round or an exception approves it.\n")
}
