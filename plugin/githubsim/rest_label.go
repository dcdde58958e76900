package githubsim

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxLabelName and maxLabelDescription are in characters.
const (
	maxLabelName        = 50
	maxLabelDescription = 100
)

var sixHex = regexp.MustCompile(`^[0-9A-Fa-f]{6}$`)

func listIssueLabels(c *call) answer { return paged(c, c.issue.labels, c.label) }
func listLabels(c *call) answer      { return paged(c, c.repo.labels, c.label) }

// labelsFor finds the labels by name, without case. One that the repository lacks is made, if the asker may push; names are
// all checked before the first is made. have are the labels that stay.
func (c *call) labelsFor(have []*label, names []string) ([]*label, *answer) {
	out := slices.Clone(have)
	total := len(have)
	for _, n := range names {
		switch {
		case n == "" || utf8.RuneCountInString(n) > maxLabelName:
			return nil, ptr(c.failed("Label", "name", "invalid", ""))
		case c.repo.label(n) == nil && !c.g.may(c.viewer, c.repo, "write"):
			return nil, ptr(c.forbidden())
		case !slices.ContainsFunc(have, func(l *label) bool { return strings.EqualFold(l.Name, n) }):
			total++
		}
	}
	if total > maxLabels {
		return nil, ptr(c.failed("Issue", "labels", "custom", "An issue may have at most 100 labels"))
	}
	for _, n := range names {
		l := c.repo.label(n)
		if l == nil {
			l = c.g.newLabel(c.repo, n, "", "")
			c.g.emit("label", c.repo, c.viewer, "created", nil, func(v *view) obj { return obj{"label": v.label(l)} })
		}
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out, nil
}

// readLabels takes {"labels": […]} and a bare list, of names or of objects with a name.
func (c *call) readLabels() ([]string, *answer) {
	var raw []json.RawMessage
	if strings.HasPrefix(strings.TrimSpace(string(c.raw)), "[") {
		if bad := c.decode(&raw); bad != nil {
			return nil, bad
		}
		return labelNames(raw), nil
	}
	var in struct {
		Labels []json.RawMessage `json:"labels"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	return labelNames(in.Labels), nil
}

func (c *call) writeLabels(keep bool) answer {
	names, bad := c.readLabels()
	if bad != nil {
		return *bad
	}
	if !c.g.may(c.viewer, c.repo, "triage") {
		return c.forbidden()
	}
	if c.dropped() {
		return listIssueLabels(c)
	}
	var have []*label
	if keep {
		have = c.issue.labels
	}
	want, bad := c.labelsFor(have, names)
	if bad != nil {
		return *bad
	}
	c.g.setLabels(c.viewer, c.issue, want)
	return c.ok(list(c.issue.labels, c.label))
}

func addIssueLabels(c *call) answer { return c.writeLabels(true) }
func setIssueLabels(c *call) answer { return c.writeLabels(false) }

func clearIssueLabels(c *call) answer {
	if !c.g.may(c.viewer, c.repo, "triage") {
		return c.forbidden()
	}
	c.g.setLabels(c.viewer, c.issue, nil)
	return c.noContent()
}

// removeIssueLabel answers 404 for a label that the issue has not, else 200 with the rest.
func removeIssueLabel(c *call) answer {
	if !c.g.may(c.viewer, c.repo, "triage") {
		return c.forbidden()
	}
	if !c.issue.has(c.path["name"]) {
		a := c.notFound()
		a.body = message(404, "Label does not exist", docs+"/issues/labels#remove-a-label-from-an-issue")
		return a
	}
	c.g.removeLabel(c.viewer, c.issue, c.repo.label(c.path["name"]))
	return c.ok(list(c.issue.labels, c.label))
}

type labelInput struct {
	Name        *string `json:"name"`
	NewName     *string `json:"new_name"`
	Color       *string `json:"color"`
	Description *string `json:"description"`
}

// check refuses wrong names, colours and descriptions with GitHub's words; self is the label that is being changed.
func (c *call) checkLabel(name, color, description *string, self *label) *answer {
	switch {
	case name != nil && *name == "":
		return ptr(c.failed("Label", "name", "missing_field", ""))
	case name != nil && utf8.RuneCountInString(*name) > maxLabelName:
		return ptr(c.failed("Label", "name", "custom", "name is too long (maximum is 50 characters)"))
	case color != nil && !sixHex.MatchString(*color):
		return ptr(c.failed("Label", "color", "invalid", ""))
	case utf8.RuneCountInString(text(description)) > maxLabelDescription:
		return ptr(c.failed("Label", "description", "custom", "description is too long (maximum is 100 characters)"))
	}
	if name != nil {
		if other := c.repo.label(*name); other != nil && other != self {
			return ptr(c.failed("Label", "name", "already_exists", ""))
		}
	}
	return nil
}

func createLabel(c *call) answer {
	var in labelInput
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if !c.g.may(c.viewer, c.repo, "write") {
		return c.notFound()
	}
	if in.Name == nil {
		in.Name = ptr("")
	}
	if bad := c.checkLabel(in.Name, in.Color, in.Description, nil); bad != nil {
		return *bad
	}
	l := c.g.newLabel(c.repo, *in.Name, text(in.Color), text(in.Description))
	c.g.emit("label", c.repo, c.viewer, "created", nil, func(v *view) obj { return obj{"label": v.label(l)} })
	return c.created(c.label(l))
}

func getLabel(c *call) answer {
	if l := c.repo.label(c.path["name"]); l != nil {
		return c.ok(c.label(l))
	}
	return c.notFound()
}

func patchLabel(c *call) answer {
	var in labelInput
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	l := c.repo.label(c.path["name"])
	if l == nil || !c.g.may(c.viewer, c.repo, "write") {
		return c.notFound()
	}
	name := in.NewName
	if name == nil {
		name = in.Name
	}
	if bad := c.checkLabel(name, in.Color, in.Description, l); bad != nil {
		return *bad
	}
	c.g.editLabel(c.viewer, l, name, in.Color, in.Description)
	return c.ok(c.label(l))
}

func removeLabel(c *call) answer {
	l := c.repo.label(c.path["name"])
	if l == nil || !c.g.may(c.viewer, c.repo, "write") {
		return c.notFound()
	}
	c.g.deleteLabel(c.viewer, l)
	return c.noContent()
}
