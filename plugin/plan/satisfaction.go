package plan

import "slices"

// NPS counts the answers of a survey. Its zero value has none.
type NPS struct {
	Promoters  int // 9 and 10
	Passives   int // 7 and 8
	Detractors int // 0 to 6
}

// N is how many answers there are.
func (n NPS) N() int { return n.Promoters + n.Passives + n.Detractors }

// Score is the percentage of 9 and 10 minus that of 0 to 6, rounded, -100 to 100. ok
// is false without answers.
func (n NPS) Score() (score int, ok bool) {
	if n.N() == 0 {
		return 0, false
	}
	balance := n.Promoters - n.Detractors
	half := n.N()
	if balance < 0 { // so that the same balance rounds alike on both sides
		half = -half
	}
	return (200*balance + half) / (2 * n.N()), true
}

// Weak reports whether there are too few answers to say anything.
func (n NPS) Weak() bool { return n.N() < WeakBelow }

func (n *NPS) add(value int) {
	switch {
	case value >= 9:
		n.Promoters++
	case value >= 7:
		n.Passives++
	default:
		n.Detractors++
	}
}

// Satisfaction is what the survey of a cycle came to.
type Satisfaction struct {
	Cycle  string
	Survey Survey
	All    NPS
	SIGs   []SIGAnswers // with an answer, by name; those for no SIG last
}

// SIGAnswers are the answers that count for one SIG.
type SIGAnswers struct {
	SIG string // without "sig-", "" for none
	NPS
	Texts []Answer // those with a text, in the order said: for the SIG's facilitators
}

// SatisfactionOf counts the survey of a cycle.
func SatisfactionOf(cycle string, survey Survey) Satisfaction {
	s := Satisfaction{Cycle: cycle, Survey: survey}
	for _, a := range survey.Counted() {
		s.All.add(a.Value)
		n := slices.IndexFunc(s.SIGs, func(have SIGAnswers) bool { return have.SIG == a.SIG })
		if n < 0 {
			n = len(s.SIGs)
			s.SIGs = append(s.SIGs, SIGAnswers{SIG: a.SIG})
		}
		s.SIGs[n].add(a.Value)
		if a.Text != "" {
			s.SIGs[n].Texts = append(s.SIGs[n].Texts, a)
		}
	}
	slices.SortFunc(s.SIGs, func(a, b SIGAnswers) int { return compareSIGs(a.SIG, b.SIG) })
	return s
}

// Trend is satisfaction over cycles.
type Trend struct {
	Cycles []string   // in the order given, the oldest first
	All    []NPS      // one for each cycle
	SIGs   []SIGTrend // of every SIG with an answer in any of them, as in Satisfaction
}

// SIGTrend is one SIG over the cycles of a trend.
type SIGTrend struct {
	SIG    string
	Cycles []NPS // one for each cycle; a cycle in which nobody answered for it has none
}

// TrendOf puts the surveys of several cycles beside each other, the oldest first.
// Cycles in which nothing was asked are left out.
func TrendOf(cycles ...Satisfaction) Trend {
	cycles = slices.DeleteFunc(slices.Clone(cycles), func(s Satisfaction) bool { return !s.Survey.Asked() })
	var t Trend
	for n, s := range cycles {
		t.Cycles = append(t.Cycles, s.Cycle)
		t.All = append(t.All, s.All)
		for _, sig := range s.SIGs {
			at := slices.IndexFunc(t.SIGs, func(have SIGTrend) bool { return have.SIG == sig.SIG })
			if at < 0 {
				at = len(t.SIGs)
				t.SIGs = append(t.SIGs, SIGTrend{SIG: sig.SIG, Cycles: make([]NPS, len(cycles))})
			}
			t.SIGs[at].Cycles[n] = sig.NPS
		}
	}
	slices.SortFunc(t.SIGs, func(a, b SIGTrend) int { return compareSIGs(a.SIG, b.SIG) })
	return t
}
