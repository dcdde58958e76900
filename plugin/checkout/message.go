package checkout

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// mergeForm is GitHub's title of a merge commit, and how other mergers word theirs.
var mergeForm = regexp.MustCompile(`^(?i:Merge (?:pull request|PR)) #([1-9][0-9]{0,8})(?:[: ]|$)`)

// squashForm is the number that GitHub puts at the end of the title when it squashes or rebases with its own texts, and
// that Tide's usual template, {{ .Title }} (#{{ .Number }}), puts there. The last one counts: a revert of a change quotes
// its title, and a cherry pick keeps the number of the first pull request before its own.
var squashForm = regexp.MustCompile(`\(#([1-9][0-9]{0,8})\)$`)

// MergeTemplate finds the pull request in commits that a merger wrote after a template of its own.
type MergeTemplate struct{ form *regexp.Regexp }

// templateAction is one {{ … }} of a Go template.
var templateAction = regexp.MustCompile(`\{\{-?\s*(.*?)\s*-?\}\}`)

// NewMergeTemplate reads the title, or a line of the body, of Tide's merge_commit_template, such as
// "{{ .Title }} (#{{ .Number }})". It names .Number.
func NewMergeTemplate(text string) (*MergeTemplate, error) {
	var form strings.Builder
	form.WriteString("^")
	at, numbers := 0, 0
	for _, loc := range templateAction.FindAllStringSubmatchIndex(text, -1) {
		between := text[at:loc[0]]
		if strings.HasPrefix(text[loc[0]:], "{{-") { // takes the blanks before it along
			between = strings.TrimRight(between, " \t")
		}
		form.WriteString(regexp.QuoteMeta(between))
		if at = loc[1]; strings.HasSuffix(text[:at], "-}}") {
			at += len(text[at:]) - len(strings.TrimLeft(text[at:], " \t"))
		}
		if text[loc[2]:loc[3]] != ".Number" {
			form.WriteString(".*")
			continue
		}
		form.WriteString("([1-9][0-9]{0,8})")
		numbers++
	}
	if numbers != 1 {
		return nil, fmt.Errorf("the template %q names .Number %d times; it takes one, as in \"{{ .Title }} (#{{ .Number }})\"", text, numbers)
	}
	form.WriteString(regexp.QuoteMeta(strings.TrimSpace(text[at:])) + "$")
	re, err := regexp.Compile(form.String())
	if err != nil {
		return nil, fmt.Errorf("the template %q: %w", text, err)
	}
	return &MergeTemplate{re}, nil
}

// find reads a message by the template; nil finds nothing.
func (t *MergeTemplate) find(message string) (int, bool) {
	if t == nil {
		return 0, false
	}
	for line := range strings.Lines(message) {
		if n, ok := found(t.form, strings.TrimSpace(line)); ok {
			return n, true
		}
	}
	return 0, false
}

func found(form *regexp.Regexp, text string) (int, bool) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

// Named is a pull request that the text of a commit names.
type Named struct {
	Number int
	How    string // by what, in words
	merge  bool   // GitHub's merge form or the template: sure, wherever the commit stands
}

// NamedIn reads the pull request that a commit's message says it is from: by the template, if there is one; by GitHub's
// form of a merge; by the number at the end of the title.
func NamedIn(message string, t *MergeTemplate) (Named, bool) {
	title, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	title = strings.TrimSpace(title)
	if n, ok := t.find(message); ok {
		return Named{n, "the merge template", true}, true
	}
	if n, ok := found(mergeForm, title); ok {
		return Named{n, "the title of the merge commit", true}, true
	}
	if n, ok := found(squashForm, title); ok {
		return Named{n, "the number at the end of the commit's title", false}, true
	}
	return Named{}, false
}

// pullTitle is the title of the pull request as far as the merge commit tells: GitHub puts it below its own title; in a
// squash it is the title less the number.
func pullTitle(message string) string {
	title, rest, _ := strings.Cut(strings.TrimSpace(message), "\n")
	if mergeForm.MatchString(strings.TrimSpace(title)) {
		title, _, _ = strings.Cut(strings.TrimSpace(rest), "\n")
	}
	return plain(squashForm.ReplaceAllString(strings.TrimSpace(title), ""), maxShown)
}
