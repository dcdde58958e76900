package render

// DecisionMissing is the first line of a plan's record while a decision that was made
// is not there any more, or does not hold: nothing is concluded from the others.
func (s Site) DecisionMissing(n int) string {
	return "**" + upper(count(n, "decision", "decisions")) + " that had been made" + was(n) + "deleted or changed.** Until " + them(n) + " back, nothing is decided and no label follows from this plan. The texts are in the comments' edit history, and in the mail that GitHub sent.\n"
}

func them(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}
