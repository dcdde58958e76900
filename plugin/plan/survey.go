package plan

import (
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Survey is the satisfaction survey of a cycle: "how likely are you to recommend
// planning a release like this?", 0 to 10. There is one for each cycle; opened again,
// it goes on. It is public, and who answers has chosen to.
type Survey struct {
	Turns   []Turn   // openings and closings, in the order said
	Answers []Answer // all that were said while it was open, in the order said
}

// Turn opens a survey, or closes it.
type Turn struct {
	Open bool
	Said work.Said
}

// Answer is one accepted /nps. All are kept; the last one of an author counts.
type Answer struct {
	Value int    // 0 to 10
	SIG   string // for which it is said, without "sig-"; "" for none
	Text  string
	Said  work.Said
}

// Asked reports whether the survey was ever opened.
func (s Survey) Asked() bool { return len(s.Turns) > 0 }

// Open reports whether answers are taken, after all that was said.
func (s Survey) Open() bool { return len(s.Turns) > 0 && s.Turns[len(s.Turns)-1].Open }

// OpenAt reports whether answers are taken at a place in what was said.
func (s Survey) OpenAt(m Mark) bool {
	open := false
	for _, t := range s.Turns {
		if t.Said.Mark().Compare(m) < 0 {
			open = t.Open
		}
	}
	return open
}

// Opened is the line that first opened it, zero if none did.
func (s Survey) Opened() work.Said {
	if !s.Asked() {
		return work.Said{}
	}
	return s.Turns[0].Said
}

// Closed is the line that closed it, zero while it is open.
func (s Survey) Closed() work.Said {
	if !s.Asked() || s.Open() {
		return work.Said{}
	}
	return s.Turns[len(s.Turns)-1].Said
}

// turn opens or closes. What it already is it stays, and the first word stands.
func (s *Survey) turn(open bool, said work.Said) {
	if s.Open() != open {
		s.Turns = append(s.Turns, Turn{Open: open, Said: said})
	}
}

// Counted are the answers that count: of each author the last, in the order said.
func (s Survey) Counted() []Answer {
	last := map[int64]int{}
	for n, a := range s.Answers {
		last[a.Said.Author] = n
	}
	var out []Answer
	for n, a := range s.Answers {
		if last[a.Said.Author] == n {
			out = append(out, a)
		}
	}
	return out
}

// The lines of product management, each offered where the other does not fit.
const (
	surveyOpenLine  = "/plan survey open"
	surveyCloseLine = "/plan survey close"
)

var surveyOpenForm = Form{
	Form: work.Form{
		Form:    slash.Form{Verb: "plan", Args: []slash.Arg{literal("survey"), literal("open")}, Examples: []string{surveyOpenLine}},
		Who:     []work.Who{productPM},
		Summary: "Ask everybody how likely they are to recommend planning a release like this: they answer with `/nps`.",
	},
	Apply: func(s *State, said work.Said, _ slash.Values) { s.Survey.turn(true, said) },
	Stands: func(ctx *work.Context, s *State, at Mark) *slash.Problem {
		if s.Survey.OpenAt(at) {
			p := ctx.Refuse(SurveyOpen, "", "", nil)
			p.Fix = surveyCloseLine
			return p
		}
		return nil
	},
}

var surveyCloseForm = Form{
	Form: work.Form{
		Form:    slash.Form{Verb: "plan", Args: []slash.Arg{literal("survey"), literal("close")}, Examples: []string{surveyCloseLine}},
		Who:     []work.Who{productPM},
		Summary: "Close the survey: the score, by SIG and over cycles, goes into the plan's record.",
	},
	Apply:  func(s *State, said work.Said, _ slash.Values) { s.Survey.turn(false, said) },
	Stands: whileOpen,
}

var npsCommand = Command{
	Verb:    "nps",
	Summary: "Answer the survey: how likely are you to recommend planning a release like this?",
	Forms: []Form{{
		Form: work.Form{
			Form: slash.Form{Verb: "nps", Args: []slash.Arg{
				{Name: "value", Kind: slash.Number(0, 10)},
				{Name: "sig", Kind: slash.SIG, Optional: true},
				{Name: "text", Kind: slash.Text, Optional: true},
			}, Examples: []string{"/nps 9", "/nps 6 the reviews came too late", "/nps 8 sig-node fewer meetings than before"}},
			Settle:   settleAnswer,
			Allow:    allowAnswer,
			Speakers: "anyone",
			Summary: "0 not at all, 10 certainly, and why. It is public. Your last answer counts, while the survey is open. " +
				"It counts for the SIG that you name; without one, for the SIG that you facilitate or lead, if it is one.",
		},
		Apply: func(s *State, said work.Said, v slash.Values) {
			value, ok := v["value"].(int)
			if !ok || !s.Survey.Open() {
				return
			}
			sig, _ := v["sig"].(string)
			text, _ := v["text"].(string)
			s.Survey.Answers = append(s.Survey.Answers, Answer{Value: value, SIG: sig, Text: text, Said: said})
		},
		Stands: whileOpen,
	}},
}

// whileOpen refuses what needs an open survey. What mends it is to open one.
func whileOpen(ctx *work.Context, s *State, at Mark) *slash.Problem {
	if s.Survey.OpenAt(at) {
		return nil
	}
	p := ctx.Refuse(NoSurvey, "", "", nil)
	p.Fix = surveyOpenLine
	return p
}

// surveyRoles are those in which somebody answers for a SIG.
var surveyRoles = []roles.Role{roles.Facilitator, roles.Lead}

// settleAnswer fills in the SIG that the speaker has a role for. Of several none is
// meant more than the others, so none is filled in. It changes v, which Allow sees next.
func settleAnswer(ctx *work.Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	if p := knownSIG(ctx, v, true); p != nil {
		return nil, p
	}
	if sigs := sigsOf(ctx, surveyRoles...); v["sig"] == nil && len(sigs) == 1 {
		v["sig"] = sigs[0]
	}
	return []slash.Values{v}, nil
}

// allowAnswer lets everybody answer, in the role that they have in the SIG.
func allowAnswer(ctx *work.Context, v slash.Values) (roles.Grant, *slash.Problem) {
	if sig, named := v["sig"].(string); named {
		for _, role := range surveyRoles {
			if grant, answer := ctx.Roles.Holds(role, sig, ctx.Cycle.Name, ctx.Login, ctx.Said); answer == roles.Yes {
				return grant, nil
			}
		}
	}
	return roles.Grant{Role: roles.Anyone}, nil
}
