package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Mode is what happens to a pull request that leads to no KEP.
type Mode string

// The modes, mildest first.
const (
	// ModeOff asks nothing.
	ModeOff Mode = "off"
	// ModeWarn has one comment say what is missing.
	ModeWarn Mode = "warn"
	// ModeBlock holds the pull request by a label until it has a KEP or a reason for none.
	ModeBlock Mode = "block"
	// ModeBlockUnplanned holds it also until the work is in the plan or has an exception.
	ModeBlockUnplanned Mode = "block-unplanned"
)

// DefaultThreads is the mode of a repository whose entry says nothing of threads.
const DefaultThreads = ModeWarn

// EveryPull is the selector's word for all pull requests, and after the @ for all branches.
const EveryPull = "*"

var (
	modes          = []Mode{ModeOff, ModeWarn, ModeBlock, ModeBlockUnplanned}
	defaultThreads = []string{"kind/feature", "kind/api-change"}
)

// Gates tells whether the mode can keep a pull request from merging: block or stricter.
func (m Mode) Gates() bool { return m.rank() >= ModeBlock.rank() }

func (m Mode) rank() int { return slices.Index(modes, m) }

// Threads is the value of the key `threads`: one mode, or selectors by mode. Its zero value is the default.
type Threads struct {
	// Word is the one mode, for the default selectors; empty where ByMode is given, or nothing was.
	Word Mode
	// ByMode has the selectors of each mode, as written: `kind/feature`, `*`, `kind/feature@release-*`.
	ByMode map[Mode][]string
}

// Selector says which pull requests a mode is for.
type Selector struct {
	// Mode is never off.
	Mode Mode
	// Label is one of the pull request's labels in exact case, or EveryPull.
	Label string
	// Branch is the pattern of the branch to be merged into; empty means the default branch.
	Branch string
}

// UnmarshalJSON takes a mode or selectors by mode. Load has checked the shape before; this repeats only what is needed
// to decode.
func (t *Threads) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		return json.Unmarshal(data, &t.ByMode)
	}
	return json.Unmarshal(data, &t.Word)
}

// MarshalJSON writes the value back as it was read.
func (t Threads) MarshalJSON() ([]byte, error) {
	if len(t.ByMode) > 0 {
		return json.Marshal(t.ByMode)
	}
	return json.Marshal(t.Word)
}

// IsZero tells whether nothing was given.
func (t Threads) IsZero() bool { return t.Word == "" && len(t.ByMode) == 0 }

// Selectors lists all selectors, the strictest mode first; none if the mode is off.
func (t Threads) Selectors() []Selector {
	byMode := t.ByMode
	if len(byMode) == 0 {
		byMode = map[Mode][]string{cmp.Or(t.Word, DefaultThreads): defaultThreads}
	}
	var all []Selector
	for _, mode := range slices.Backward(modes[1:]) {
		for _, text := range byMode[mode] {
			label, branch, _ := strings.Cut(text, "@")
			all = append(all, Selector{Mode: mode, Label: label, Branch: branch})
		}
	}
	return all
}

// Mode gives the mode for one pull request by its labels and the branch it is to be merged into: the strictest that
// fits, off if none does. It does not know the author: bots, cherry-picks and reverts are exempt whatever it says.
func (t Threads) Mode(labels []string, branch, defaultBranch string) Mode {
	for _, s := range t.Selectors() {
		if (s.Label == EveryPull || slices.Contains(labels, s.Label)) && s.OnBranch(branch, defaultBranch) {
			return s.Mode
		}
	}
	return ModeOff
}

// OnBranch tells whether the selector is for pull requests into this branch.
func (s Selector) OnBranch(branch, defaultBranch string) bool {
	switch s.Branch {
	case "":
		return branch == defaultBranch
	case EveryPull:
		return true
	}
	fits, err := path.Match(s.Branch, branch)
	return err == nil && fits
}

// Kinds lists the labels that any selector names, sorted, none twice. every tells that a selector is for all pull
// requests: then their labels do not decide which deliveries matter.
func (t Threads) Kinds() (labels []string, every bool) {
	for _, s := range t.Selectors() {
		if s.Label == EveryPull {
			every = true
			continue
		}
		labels = append(labels, s.Label)
	}
	slices.Sort(labels)
	return slices.Compact(labels), every
}

// Gates tells whether any pull request can be kept from merging: one of the modes is block or stricter.
func (t Threads) Gates() bool {
	return slices.ContainsFunc(t.Selectors(), func(s Selector) bool { return s.Mode.Gates() })
}

const (
	wantMode    = "off, warn, block or block-unplanned"
	wantThreads = wantMode + ", or selectors by mode as in {block: [kind/feature]}"
	wantLabel   = "a selector is a label (1 to 50 letters, digits or . _ / -) or *, then @ and a branch if not the default one is meant"
	wantBranch  = "after @ stands a branch, where * is any characters but /, as in kind/feature@release-*"
)

// walkThreads checks the shape. YAML reads the word off as false, as a value and as a key; nobody has to know that.
func (c *checker) walkThreads(path string, tree any) any {
	switch value := tree.(type) {
	case string:
		return value
	case bool:
		if !value {
			return string(ModeOff)
		}
	case map[string]any:
		return c.walkSelectors(path, value)
	}
	return c.wrongKind(path, tree, wantThreads)
}

func (c *checker) walkSelectors(path string, byMode map[string]any) any {
	if len(byMode) == 0 {
		return c.spoil(path, "{}", "asks nothing; write off, or name a mode with its selectors as in {block: [kind/feature]}")
	}
	fitting := map[string]any{}
	for _, mode := range sortedKeys(byMode) {
		selectors := byMode[mode]
		if mode == "false" {
			mode = string(ModeOff)
		}
		fitting[mode] = c.walkList(join(path, mode), selectors, reflect.TypeFor[string]())
	}
	return fitting
}

// threads checks the meaning.
func (c *checker) threads(path string, t Threads) {
	if t.Word != "" && t.Word.rank() < 0 {
		c.add(path, string(t.Word), unknownMode(t.Word, "want "+wantThreads))
	}
	first := map[string]string{} // selector -> where it stood first
	for _, mode := range sortedKeys(t.ByMode) {
		at := join(path, string(mode))
		switch {
		case mode == ModeOff:
			c.add(at, "", "leave it out; what no selector names is off")
			continue
		case mode.rank() < 0:
			c.add(at, "", "there is no such mode; "+unknownMode(mode, "there are warn, block and block-unplanned"))
			continue
		case len(t.ByMode[mode]) == 0:
			c.add(at, "[]", "an empty list selects nothing; leave it out, or name a label as in [kind/feature]")
		}
		for i, text := range t.ByMode[mode] {
			c.selector(fmt.Sprintf("%s[%d]", at, i), text, first)
		}
	}
}

// unknownMode says which mode was meant, if that can be guessed.
func unknownMode(word Mode, otherwise string) string {
	var names []string
	for _, mode := range modes {
		names = append(names, string(mode))
	}
	if near := nearest(string(word), names); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// selector checks one; two that differ in the label's letter case alone are the same, as a repository has only one of
// the labels.
func (c *checker) selector(at, text string, first map[string]string) {
	label, branch, on := strings.Cut(text, "@")
	switch {
	case label != EveryPull && strings.Contains(label, "*"):
		c.add(at, text, "a label stands in full; * alone is every pull request")
		return
	case label != EveryPull && !labelPattern.MatchString(label):
		c.add(at, text, wantLabel)
		return
	case strings.HasPrefix(branch, "refs/"):
		c.add(at, text, "a branch is named without refs/heads/, as in "+label+"@"+strings.TrimPrefix(branch, "refs/heads/"))
		return
	case on && !canBeBranch(branch):
		c.add(at, text, wantBranch)
		return
	}
	key := strings.ToLower(label) + "@" + branch
	if before, twice := first[key]; twice {
		c.add(at, text, "stands in "+before+" already; a selector has one mode")
		return
	}
	first[key] = at
}

// branchPattern has what git allows in the name of a branch, and *.
var branchPattern = regexp.MustCompile(`^[^\x00-\x20\x7f~^:?\[\\]{1,250}$`)

// canBeBranch tells whether a pattern can fit any branch; one that cannot would leave open what was meant to be gated.
func canBeBranch(pattern string) bool {
	return branchPattern.MatchString(pattern) && !strings.Contains("/"+pattern+"/", "//") && !strings.Contains(pattern, "..")
}
