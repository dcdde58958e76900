package kep

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile is the largest kep.yaml that is read, in bytes; Kubernetes' largest is under 4 KB.
const maxFile = 1 << 16

// maxList bounds how many entries of one list are read, and maxShown the characters of a value that are shown.
const (
	maxList  = 200
	maxShown = 100
)

// ParseFile reads a kep.yaml. It never fails: what cannot be read or used is a FieldProblem and the KEP stays, with the
// number and the SIG of its directory. Values are read as they are written, so a date that does not exist (2023-14-05)
// or a number in quotes does no harm.
func ParseFile(repo, path string, data []byte) KEP {
	dir, _ := readPath(path)
	f := file{kep: KEP{Ref: Ref{Repo: repo, Number: dir.number}, Path: path, SIG: dir.sig}, dir: dir}
	if len(data) > maxFile {
		f.problem("", "", fmt.Sprintf("a kep.yaml is smaller than %d KB", maxFile>>10))
		return f.kep
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		said := strings.TrimPrefix(err.Error(), "yaml: ")
		f.problem("", strings.ReplaceAll(said, "invalid", "unexpected"), "the file is YAML")
		return f.kep
	}
	if len(doc.Content) == 0 || deref(doc.Content[0]).Kind != yaml.MappingNode {
		f.problem("", "", "the file is a mapping of fields, title to feature-gates")
		return f.kep
	}
	f.top = deref(doc.Content[0])
	f.read()
	return f.kep
}

// file is one kep.yaml while it is read.
type file struct {
	kep KEP
	dir directory
	top *yaml.Node
}

func (f *file) problem(field, value, want string) {
	if r := []rune(value); len(r) > maxShown {
		value = string(r[:maxShown]) + "…"
	}
	f.kep.Problems = append(f.kep.Problems, FieldProblem{Path: f.kep.Path, Field: field, Value: value, Want: want})
}

func (f *file) read() {
	f.kep.Title, _ = f.text("title")
	if f.kep.Title == "" {
		f.problem("title", "", "a title")
	}
	f.readNumber()
	f.readAuthors()
	f.readSIG()
	f.kep.Participating = f.readParticipating()
	for _, one := range f.list("approvers") {
		f.kep.Approvers = appendNew(f.kep.Approvers, strings.TrimPrefix(one.text, "@"))
	}
	f.readStatus()
	f.readMilestones()
	f.kep.FeatureGates = f.readGates()
}

func (f *file) readNumber() {
	text, ok := f.text("kep-number")
	n, err := strconv.Atoi(text)
	switch {
	case !ok || text == "":
		f.problem("kep-number", text, "the number of the tracking issue")
		return
	case err != nil || n < 0:
		f.problem("kep-number", text, "a number, that of the tracking issue")
		return
	}
	f.kep.Declared = n
	switch {
	case !f.dir.known:
		f.kep.Ref.Number = n
	case n != f.dir.number:
		f.problem("kep-number", text, fmt.Sprintf("the number of the directory, %d", f.dir.number))
	case n == 0:
		f.problem("kep-number", text, "the number of the tracking issue; 0 is a placeholder")
	}
}

var handleForm = regexp.MustCompile(`^@[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$`)

func (f *file) readAuthors() {
	authors := f.list("authors")
	if len(authors) == 0 {
		f.problem("authors", "", `at least one GitHub handle, like "@octocat"`)
	}
	for _, one := range authors {
		if !handleForm.MatchString(one.text) {
			f.problem(one.field, one.text, `a GitHub handle, like "@octocat"`)
		}
		f.kep.Authors = appendNew(f.kep.Authors, strings.TrimPrefix(one.text, "@"))
	}
}

func (f *file) readSIG() {
	text, _ := f.text("owning-sig")
	sig := sigName(text)
	if sig == "" {
		f.problem("owning-sig", "", "the owning SIG, like sig-node")
		return
	}
	f.kep.SIG = sig
	if f.dir.sig != "" && sig != f.dir.sig {
		f.problem("owning-sig", text, "the SIG of the directory, "+strings.Split(f.kep.Path, "/")[1])
	}
}

func (f *file) readParticipating() []string {
	var out []string
	for _, one := range f.list("participating-sigs") {
		if !placeholder(one.text) {
			out = appendNew(out, sigName(one.text))
		}
	}
	return out
}

func (f *file) readStatus() {
	status, _ := f.text("status")
	f.kep.Status = strings.ToLower(status)
	if !slices.Contains(statuses, f.kep.Status) {
		f.problem("status", status, "one of "+strings.Join(statuses, ", "))
	}
	stage, _ := f.text("stage")
	f.kep.Stage = strings.ToLower(stage)
	switch {
	case f.kep.Stage == "" && f.kep.Status == "implementable", f.kep.Stage != "" && !slices.Contains(stages, f.kep.Stage):
		f.problem("stage", stage, "one of "+strings.Join(stages, ", "))
	case f.kep.Status == "implemented" && f.kep.Stage != "" && f.kep.Stage != "stable" && f.kep.Stage != "removed" &&
		f.kep.Stage != "disabled" && f.kep.Stage != "deprecated":
		f.problem("stage", stage, "stable, as the status is implemented")
	}
}

func (f *file) readMilestones() {
	if node, ok := f.field("latest-milestone"); ok {
		text, _ := scalar(node)
		f.kep.LatestMilestone = f.milestone("latest-milestone", text)
	}
	node, ok := f.field("milestone")
	if !ok || isNull(node) {
		return
	}
	if node.Kind != yaml.MappingNode {
		text, _ := scalar(node)
		f.problem("milestone", text, "a release for each stage, like `beta: \"v1.38\"`")
		return
	}
	for i := 0; i+1 < len(node.Content) && i < 2*maxList; i += 2 {
		stage, _ := scalar(deref(node.Content[i]))
		value := deref(node.Content[i+1])
		text, _ := scalar(value)
		field := "milestone." + stage
		switch {
		case !slices.Contains(stages, stage):
			f.problem(field, text, "one of the stages "+strings.Join(stages, ", "))
		case value.Kind != yaml.ScalarNode:
			f.problem(field, "", "a release, like v1.38")
		default:
			if release := f.milestone(field, text); release != "" {
				if f.kep.Milestones == nil {
					f.kep.Milestones = map[string]string{}
				}
				f.kep.Milestones[stage] = release
			}
		}
	}
}

// milestone is the release that text names. Placeholders are common and mean no release; they are no problem. A release
// without its v is understood and named.
func (f *file) milestone(field, text string) string {
	release, ok := NormalMilestone(text)
	switch {
	case ok && release != text:
		f.problem(field, text, release)
	case !ok && !placeholder(text):
		f.problem(field, text, "one release, like v1.38")
	}
	return release
}

func (f *file) readGates() []string {
	var out []string
	node, ok := f.field("feature-gates")
	if !ok || isNull(node) {
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		text, _ := scalar(node)
		f.problem("feature-gates", text, "a list of gates with name and components")
		return nil
	}
	for n, one := range node.Content {
		if n >= maxList {
			break
		}
		one = deref(one)
		text, _ := scalar(one)
		if name, ok := lookup(one, "name"); ok {
			text, _ = scalar(name)
		}
		if text == "" {
			if !isNull(one) {
				f.problem(fmt.Sprintf("feature-gates[%d]", n), "", "a gate with name and components")
			}
			continue
		}
		out = appendNew(out, text)
	}
	return out
}

// entry is one text of a list, with the field that it stands in.
type entry struct{ field, text string }

// list reads a list of texts. A single text is a list of one; empty entries are left out; what is not a text is a
// problem.
func (f *file) list(name string) []entry {
	node, ok := f.field(name)
	if !ok || isNull(node) {
		return nil
	}
	if text, ok := scalar(node); ok {
		if text == "" {
			return nil
		}
		f.problem(name, text, "a list")
		return []entry{{name, text}}
	}
	if node.Kind != yaml.SequenceNode {
		f.problem(name, "", "a list")
		return nil
	}
	var out []entry
	for n, one := range node.Content {
		if n >= maxList {
			f.problem(name, strconv.Itoa(len(node.Content)), fmt.Sprintf("at most %d entries", maxList))
			break
		}
		field := fmt.Sprintf("%s[%d]", name, n)
		text, ok := scalar(deref(one))
		if !ok {
			f.problem(field, "", "a text; put it in quotes")
		}
		if text != "" {
			out = append(out, entry{field, text})
		}
	}
	return out
}

// text reads a field of plain text, trimmed. ok is false where there is no such field or it is not a text.
func (f *file) text(name string) (string, bool) {
	node, ok := f.field(name)
	if !ok {
		return "", false
	}
	text, ok := scalar(node)
	if !ok {
		f.problem(name, "", "a text; put it in quotes")
	}
	return text, ok
}

func (f *file) field(name string) (*yaml.Node, bool) { return lookup(f.top, name) }

// lookup finds a key of a mapping. Of a key written twice the last one counts, as in Kubernetes' YAML libraries.
func lookup(n *yaml.Node, key string) (*yaml.Node, bool) {
	if n.Kind != yaml.MappingNode {
		return nil, false
	}
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if deref(n.Content[i]).Value == key {
			return deref(n.Content[i+1]), true
		}
	}
	return nil, false
}

// scalar is the text of a node as it is written, whatever type YAML would give it.
func scalar(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		return "", false
	}
	if isNull(n) {
		return "", true
	}
	return strings.TrimSpace(n.Value), true
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// deref follows YAML aliases a few steps; an alias that leads nowhere stays an alias, which is no text and no list.
func deref(n *yaml.Node) *yaml.Node {
	for i := 0; i < 4 && n.Kind == yaml.AliasNode && n.Alias != nil; i++ {
		n = n.Alias
	}
	return n
}

func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
