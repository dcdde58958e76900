package plugin_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

// onIssue makes a verb of what somebody does to an issue.
func onIssue(usage string, f func(*play, plugin.Key, string, stmt, args)) verb {
	return verb{usage: usage, run: func(p *play, s stmt, a args) error {
		key, err := readKey(a["ISSUE"])
		if err == nil {
			p.pass()
			f(p, key, a["WHO"], s, a)
		}
		return err
	}}
}

// onComment makes a verb of what somebody does to a comment of people, "c1",
// or to one of the bot's.
func onComment(usage string, f func(p *play, who string, at remark, s stmt, a args) error) verb {
	return verb{usage: usage, run: func(p *play, s stmt, a args) error {
		at, err := p.comment(a)
		if err == nil {
			p.pass()
			err = f(p, a["WHO"], at, s, a)
		}
		return err
	}}
}

func withText(v verb) verb { v.said = true; return v }

func withSomeText(v verb) verb { v.some = true; return v }

// peopleVerbs are what people do, each a second after the one before.
var peopleVerbs = []verb{
	withText(onIssue("WHO: ISSUE", func(p *play, k plugin.Key, who string, s stmt, _ args) { p.say(who, k, s.body) })),
	withText(verb{usage: "WHO in the same second on ISSUE", run: func(p *play, s stmt, a args) error {
		key, err := readKey(a["ISSUE"])
		if err == nil {
			p.say(a["WHO"], key, s.body)
		}
		return err
	}}),
	withText(onIssue("WHO says COUNT times on ISSUE", func(p *play, k plugin.Key, who string, s stmt, a args) {
		n, _ := strconv.Atoi(a["COUNT"])
		for i := range n {
			p.say(who, k, strings.ReplaceAll(s.body, "%d", strconv.Itoa(i+1)))
		}
	})),
	withSomeText(onIssue("WHO opens ISSUE TITLE", func(p *play, k plugin.Key, who string, s stmt, a args) {
		p.sim.NextNumber(k.Org, k.Repo, k.Number)
		p.sim.OpenIssue(who, k.Org, k.Repo, a["TITLE"], s.body)
	})),
	withSomeText(onIssue("WHO opens pull ISSUE TITLE", func(p *play, k plugin.Key, who string, s stmt, a args) {
		p.sim.NextNumber(k.Org, k.Repo, k.Number)
		p.sim.OpenPull(who, k.Org, k.Repo, a["TITLE"], s.body, "main", "branch-"+strconv.Itoa(k.Number))
	})),
	withText(onIssue("WHO describes ISSUE", func(p *play, k plugin.Key, who string, s stmt, _ args) {
		p.sim.EditIssue(who, k.Org, k.Repo, k.Number, nil, &s.body)
	})),
	withText(onIssue("WHO reviews ISSUE", func(p *play, k plugin.Key, who string, s stmt, _ args) {
		p.called(remark{-p.sim.Review(who, k.Org, k.Repo, k.Number, s.body, "COMMENTED"), k})
	})),
	onIssue("WHO merges ISSUE", func(p *play, k plugin.Key, who string, _ stmt, _ args) {
		p.sim.MergePull(who, k.Org, k.Repo, k.Number)
	}),
	onIssue("WHO labels ISSUE NAMES...", func(p *play, k plugin.Key, who string, _ stmt, a args) {
		p.sim.Label(who, k.Org, k.Repo, k.Number, a.list("NAMES")...)
	}),
	onIssue("WHO unlabels ISSUE NAMES...", func(p *play, k plugin.Key, who string, _ stmt, a args) {
		p.sim.Unlabel(who, k.Org, k.Repo, k.Number, a.list("NAMES")...)
	}),
	onIssue("WHO milestones ISSUE TITLE", func(p *play, k plugin.Key, who string, _ stmt, a args) {
		p.sim.SetMilestone(who, k.Org, k.Repo, k.Number, strings.TrimPrefix(a["TITLE"], "none"))
	}),
	onIssue("WHO closes ISSUE as REASON", func(p *play, k plugin.Key, who string, _ stmt, a args) {
		p.sim.Close(who, k.Org, k.Repo, k.Number, strings.ReplaceAll(a["REASON"], "-", "_"))
	}),
	onIssue("WHO reopens ISSUE", func(p *play, k plugin.Key, who string, _ stmt, _ args) {
		p.sim.Reopen(who, k.Org, k.Repo, k.Number)
	}),
	{usage: "WHO transfers ISSUE to TARGET", run: func(p *play, _ stmt, a args) error {
		key, err := readKey(a["ISSUE"])
		to, err2 := readKey(a["TARGET"])
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		p.pass()
		p.sim.NextNumber(to.Org, to.Repo, to.Number)
		if n := p.sim.Transfer(a["WHO"], key.Org, key.Repo, key.Number, to.Repo); n != to.Number {
			return fmt.Errorf("it is %s#%d now", to.Repository(), n)
		}
		return nil
	}},
	onIssue("WHO assigns ISSUE LOGIN", func(p *play, k plugin.Key, who string, _ stmt, a args) {
		p.sim.Assign(who, k.Org, k.Repo, k.Number, a["LOGIN"])
	}),
	onIssue("WHO unassigns ISSUE LOGIN", func(p *play, k plugin.Key, who string, _ stmt, a args) {
		p.sim.Unassign(who, k.Org, k.Repo, k.Number, a["LOGIN"])
	}),
	onIssue("WHO erases ISSUE", func(p *play, k plugin.Key, who string, _ stmt, _ args) {
		p.sim.DeleteIssue(who, k.Org, k.Repo, k.Number)
	}),
	withText(onComment("WHO edits COMMENT", func(p *play, who string, at remark, s stmt, _ args) error {
		if at.id < 0 { // a review
			p.sim.EditReview(who, at.key.Org, at.key.Repo, at.key.Number, -at.id, s.body)
			return nil
		}
		return p.sim.EditComment(who, at.key.Org, at.key.Repo, at.id, s.body)
	})),
	onComment("WHO deletes COMMENT", (*play).deletes),
	onComment("WHO deletes the record of ISSUE", (*play).deletes),
	{usage: "WHO deletes the reply to COMMENT", run: func(p *play, s stmt, a args) error {
		at, err := p.comment(a)
		if err != nil {
			return err
		}
		if at, err = p.reply(at); err != nil {
			return err
		}
		p.pass()
		return p.deletes(a["WHO"], at, s, a)
	}},
	{usage: "WHO edits the reply to COMMENT", said: true, run: func(p *play, s stmt, a args) error {
		at, err := p.comment(a)
		if err != nil {
			return err
		}
		if at, err = p.reply(at); err != nil {
			return err
		}
		p.pass()
		return p.sim.EditComment(a["WHO"], at.key.Org, at.key.Repo, at.id, s.body)
	}},
	{usage: "WHO deletes the part of ISSUE", run: func(p *play, s stmt, a args) error {
		key, err := readKey(a["ISSUE"])
		if err != nil {
			return err
		}
		at, err := p.own(key, func(m custody.Marker) bool { return m.Kind == custody.KindPart })
		if err != nil {
			return err
		}
		p.pass()
		return p.deletes(a["WHO"], at, s, a)
	}},
	{usage: "WHO deletes the notice KEY on ISSUE", run: func(p *play, s stmt, a args) error {
		at, err := p.notice(a)
		if err != nil {
			return err
		}
		p.pass()
		return p.deletes(a["WHO"], at, s, a)
	}},
	withText(onComment("WHO edits the record of ISSUE", (*play).rewords)),
	onComment("WHO replaces OLD with NEW in the record of ISSUE", (*play).replaces),
	onComment("WHO deletes the decision NUMBER of ISSUE", (*play).deletes),
	withText(onComment("WHO edits the decision NUMBER of ISSUE", (*play).rewords)),
	onComment("WHO replaces OLD with NEW in the decision NUMBER of ISSUE", (*play).replaces),
	onComment("WHO copies the record of ISSUE", (*play).copies),
	onComment("WHO pastes over the record of ISSUE", (*play).pastes),
	onComment("WHO copies the decision NUMBER of ISSUE", (*play).copies),
	onComment("WHO pastes over the decision NUMBER of ISSUE", (*play).pastes),
	onIssue("WHO pastes into ISSUE", func(p *play, k plugin.Key, who string, _ stmt, _ args) {
		if who == "the-bot" {
			p.sim.Comment(botLogin, k.Org, k.Repo, k.Number, p.copied)
			return
		}
		p.say(who, k, p.copied)
	}),
	{usage: "WHO pushes PATH to REPO from FILE", run: func(p *play, _ stmt, a args) error { return p.pushes(a, 0) }},
	{usage: "WHO pushes PATH to REPO from FILE dated SPAN", run: func(p *play, _ stmt, a args) error {
		span, err := time.ParseDuration(a["SPAN"])
		if err != nil {
			return err
		}
		return p.pushes(a, span)
	}},
	{usage: "WHO is renamed to LOGIN", run: func(p *play, _ stmt, a args) error {
		p.pass()
		p.sim.RenameUser(a["WHO"], a["LOGIN"])
		return nil
	}},
	{usage: "WHO registers", run: func(p *play, _ stmt, a args) error {
		p.pass()
		p.sim.AddUser(a["WHO"])
		return nil
	}},
}

// pushes commits a file of the story, dated so far from now.
func (p *play) pushes(a args, dated time.Duration) error {
	text, ok := p.script.files[a["FILE"]]
	if !ok {
		return fmt.Errorf("there is no file %s", a["FILE"])
	}
	p.pass()
	repo, branch, ok := strings.Cut(a["REPO"], "@")
	if !ok {
		branch = "main"
	}
	org, name, ok := strings.Cut(repo, "/")
	if !ok {
		org, name = "kubernetes", repo
	}
	p.sim.Commit(org, name, branch, a["WHO"], "Change", time.Now().Add(dated), map[string]*string{a["PATH"]: &text})
	return nil
}

// copies keeps the text of a comment of the bot's, hidden part and all.
func (p *play) copies(_ string, at remark, _ stmt, _ args) error {
	p.copied = p.body(at)
	return nil
}

// pastes puts it into another comment of the bot's.
func (p *play) pastes(who string, at remark, _ stmt, _ args) error {
	return p.sim.EditComment(who, at.key.Org, at.key.Repo, at.id, p.copied)
}

// pass lets the second pass that lies between any two things people do.
func (p *play) pass() {
	p.clock = p.clock.Add(time.Second)
	time.Sleep(time.Until(p.clock))
}

func (p *play) say(who string, k plugin.Key, body string) {
	p.called(remark{p.sim.Comment(who, k.Org, k.Repo, k.Number, body), k})
}

// called gives what was just said its name.
func (p *play) called(said remark) {
	p.said = append(p.said, said)
	p.names[said.id] = "c" + strconv.Itoa(len(p.said))
}

func (p *play) deletes(who string, at remark, _ stmt, _ args) error {
	return p.sim.DeleteComment(who, at.key.Org, at.key.Repo, at.id)
}

// rewords replaces the text of a comment of the bot's.
func (p *play) rewords(who string, at remark, s stmt, _ args) error {
	return p.sim.EditComment(who, at.key.Org, at.key.Repo, at.id, s.body)
}

// replaces changes a part of it.
func (p *play) replaces(who string, at remark, _ stmt, a args) error {
	body := p.body(at)
	if !strings.Contains(body, a["OLD"]) {
		return fmt.Errorf("the comment does not have %q:\n%s", a["OLD"], body)
	}
	return p.sim.EditComment(who, at.key.Org, at.key.Repo, at.id, strings.Replace(body, a["OLD"], a["NEW"], 1))
}

// comment finds what a statement is about: "c3", a decision by its number, or the
// record of an issue.
func (p *play) comment(a args) (remark, error) {
	if word, ok := a["COMMENT"]; ok {
		n, err := strconv.Atoi(strings.TrimPrefix(word, "c"))
		if err != nil || n < 1 || n > len(p.said) {
			return remark{}, fmt.Errorf("there is no comment %s", word)
		}
		return p.said[n-1], nil
	}
	key, err := readKey(a["ISSUE"])
	if err != nil {
		return remark{}, err
	}
	if word, ok := a["NUMBER"]; ok {
		return p.decision(key, word)
	}
	return p.own(key, func(m custody.Marker) bool { return m.Kind == custody.KindRecord })
}

// decision finds the bot's decision with that number on an issue: 1 is the oldest
// comment of those that stand.
func (p *play) decision(key plugin.Key, number string) (remark, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return remark{}, fmt.Errorf("decisions are 1, 2, ..., not %q", number)
	}
	return p.own(key, func(m custody.Marker) bool {
		if m.Kind == custody.KindDecision && m.Part == 0 {
			n--
		}
		return m.Kind == custody.KindDecision && m.Part == 0 && n == 0
	})
}

// own finds the first of the bot's comments on an issue whose marker fits.
func (p *play) own(key plugin.Key, fits func(custody.Marker) bool) (remark, error) {
	for _, c := range p.sim.Issue(key.Org, key.Repo, key.Number).Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin && fits(m) {
			return remark{c.ID, key}, nil
		}
	}
	return remark{}, fmt.Errorf("%s has no such comment of the bot's", key)
}

// reply finds the bot's reply that was first made for a comment.
func (p *play) reply(to remark) (remark, error) {
	return p.own(to.key, func(m custody.Marker) bool {
		return strings.HasPrefix(m.Key, "reply-") && strings.HasSuffix(m.Key, "-"+strconv.FormatInt(to.id, 10))
	})
}

// notice finds the bot's notice with the key given.
func (p *play) notice(a args) (remark, error) {
	key, err := readKey(a["ISSUE"])
	if err != nil {
		return remark{}, err
	}
	return p.own(key, func(m custody.Marker) bool { return m.Kind == custody.KindNotice && m.Key == a["KEY"] })
}

func (p *play) body(at remark) string {
	for _, c := range p.sim.Issue(at.key.Org, at.key.Repo, at.key.Number).Comments {
		if c.ID == at.id {
			return c.Body
		}
	}
	return ""
}

// named gives the comments of an issue their names.
func (p *play) named(issue githubsim.IssueSnapshot) {
	for _, c := range issue.Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin {
			p.names[c.ID] = p.title(m)
		}
	}
}
