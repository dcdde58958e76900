package render

// DecisionMissing is the first lines of a plan's record while a decision that was made
// is not there any more, or does not hold: nothing is concluded from the others.
func (s Site) DecisionMissing(n int) string {
	return "**" + upper(count(n, "decision", "decisions")) + " that had been made" + was(n) + "deleted or changed.** Until " + them(n) + " back, nothing is decided and no label follows from this plan. " +
		"The text of what was changed is in the comment's edit history, that of what was deleted in the mail that GitHub sent. If " + they(n) + " cannot be put back, the release lead or product management can go on without " + object(n) + "; votes and approvals before that are void:\n" +
		block("", "/plan rework a decision was deleted")
}

// ExceptionMissing is the first lines of an item's record while a decision about an
// exception is not there any more, or does not hold.
func (s Site) ExceptionMissing(n int) string {
	return "**" + upper(count(n, "decision", "decisions")) + " about " + one(n, "an exception", "exceptions") + " that had been made" + was(n) + "deleted or changed.** Until " + them(n) +
		" back, nothing is decided about exceptions here, and their labels stay as they are. What " + they(n) + " said follows from the commands in this record; " + they(n) + " will be made again from them.\n"
}

func them(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

func they(n int) string {
	if n == 1 {
		return "it"
	}
	return "they"
}

func object(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
