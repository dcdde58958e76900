package thread

import (
	"regexp"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Context is all that a verdict on a pull request may look at: work.Context, whose Issue is the pull request.
type Context struct{ *work.Context }

// Accepted is a line that was taken.
type Accepted struct {
	// Said is the line in canonical form, by whom and in which role. The caller adds the comment's id, without which it
	// counts as a line of the description.
	Said work.Said
	// Query: the line asks something (/kep check) and changes nothing.
	Query bool
}

// Judge accepts or refuses one line by its form and the speaker's role alone. It changes nothing. The line that a
// refusal offers to paste would be taken, from somebody with the role. A verb that is said on issues is refused with
// work.WrongPlace.
func Judge(ctx *Context, line slash.Line) (Accepted, *slash.Problem) {
	c, ok := Commands.Find(line.Verb)
	if !ok {
		return Accepted{}, elsewhere(ctx, line)
	}
	if word, no := pullAsKEP(line); no {
		return Accepted{}, &slash.Problem{Line: line.N, Saw: line.Raw, Code: work.NotAKEP, Arg: "ref", Word: word, Usage: c.Usage()}
	}
	forms := make([]work.Form, 0, len(c.Forms))
	for _, f := range c.Forms {
		form := f.Form
		form.Allow = func(_ *work.Context, v slash.Values) (roles.Grant, *slash.Problem) { return ctx.allow(f, v) }
		forms = append(forms, form)
	}
	v, n, _, p := work.JudgeForms(ctx.Context, forms, line)
	if p != nil {
		if fix, is := slash.LineOf(p.Fix); is {
			if _, no := pullAsKEP(fix); no {
				p.Fix = ""
			}
		}
		return Accepted{}, p
	}
	said := work.Said{Line: line.N, At: ctx.Said, Author: ctx.Author, Login: ctx.Login, Role: string(v.Grant.Role),
		SIG: v.Grant.SIG, Source: v.Grant.Source, Command: v.Commands[0]}
	return Accepted{Said: said, Query: c.Forms[n].Apply == nil}, nil
}

// elsewhere refuses a line whose verb is not said on pull requests.
func elsewhere(ctx *Context, line slash.Line) *slash.Problem {
	there := *ctx.Context
	there.Issue.Pull = true
	_, p := work.Judge(&there, line)
	return p
}

var pullURL = regexp.MustCompile(`(?i)^<?(?:https?://)?(?:www\.)?github\.com/[^/]+/[^/]+/pull/`)

// pullAsKEP tells whether the line names a pull request where a KEP belongs. Issues and pull requests share their
// numbers: the number of one is never that of a KEP.
func pullAsKEP(line slash.Line) (string, bool) {
	if line.Verb != kepVerb || len(line.Words) == 0 || !pullURL.MatchString(line.Words[0]) {
		return "", false
	}
	return line.Words[0], true
}

// kepVerb repeats the verb of kepCommand, which the folding of a description cannot use without an initialization cycle.
const kepVerb = "kep"

// allow finds the role in which the speaker may say the form.
func (c *Context) allow(f Form, v slash.Values) (roles.Grant, *slash.Problem) {
	grant, answer := c.Holds(f.Who)
	switch answer {
	case roles.Yes:
		return grant, nil
	case roles.Unknown:
		return grant, c.Refuse(work.NotChecked, "", "", v)
	}
	return grant, c.Refuse(work.WrongRole, "", c.Login, v, f.whoMay()...)
}

// whoMay lists the roles of the form in words.
func (f Form) whoMay() []string {
	var who []string
	for _, w := range f.Who {
		title := w.Role.Title("")
		switch {
		case w.Role == roles.Member:
			title = "any " + title
		case w.Any:
			title += " of any SIG"
		case w.Role == roles.Author && f.smallOnly:
			title += " where the pull request is labelled " + kinds()
		}
		who = append(who, title)
	}
	return who
}
