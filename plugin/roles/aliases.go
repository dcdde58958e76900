package roles

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Aliases maps an alias to its logins. ParseAliases gives both in lower case, each login once, in the order of the file.
type Aliases map[string][]string

// members finds an alias in any case; absent and empty are the same.
func (a Aliases) members(alias string) []string {
	if list, ok := a[strings.ToLower(alias)]; ok {
		return list
	}
	for name, list := range a {
		if strings.EqualFold(name, alias) {
			return list
		}
	}
	return nil
}

// maxFile is the largest file that is read, in bytes; Kubernetes' largest is under 30 KB.
const maxFile = 1 << 20

// maxEntries bounds what one file may expand to through YAML anchors; Kubernetes' largest has under a thousand.
const maxEntries = 50_000

// maxDepth bounds sequences within sequences, which only anchors make.
const maxDepth = 4

// ParseAliases reads a file of the OWNERS_ALIASES shape, `aliases: {name: [login, ...]}`. It tolerates anchors, merge
// keys, comments, a leading @, empty aliases and logins listed twice; other top-level keys are ignored; of an alias
// written twice the last one counts, as in Prow. An error says the line.
func ParseAliases(data []byte) (Aliases, error) {
	aliases, _, err := parseAliases(data)
	return aliases, err
}

func parseAliases(data []byte) (Aliases, map[string]string, error) {
	var doc yaml.Node
	if len(data) > maxFile {
		return nil, nil, fmt.Errorf("OWNERS_ALIASES: the file is larger than %d KB", maxFile>>10)
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		said := strings.TrimPrefix(err.Error(), "yaml: ")
		return nil, nil, errors.New("OWNERS_ALIASES: " + strings.ReplaceAll(said, "invalid", "unexpected"))
	}
	p := aliasParser{aliases: Aliases{}, spelling: map[string]string{}}
	if len(doc.Content) == 0 { // empty, or comments only
		return p.aliases, p.spelling, nil
	}
	if err := p.file(deref(doc.Content[0])); err != nil {
		return nil, nil, err
	}
	return p.aliases, p.spelling, nil
}

type aliasParser struct {
	aliases  Aliases
	spelling map[string]string
	entries  int
}

func lineError(n *yaml.Node, want string) error {
	return fmt.Errorf("OWNERS_ALIASES: line %d: %s", n.Line, want)
}

// deref follows one YAML alias to what it stands for.
func deref(n *yaml.Node) *yaml.Node {
	for i := 0; i < maxDepth && n.Kind == yaml.AliasNode && n.Alias != nil; i++ {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func (p *aliasParser) file(top *yaml.Node) error {
	if isNull(top) {
		return nil
	}
	if top.Kind != yaml.MappingNode {
		return lineError(top, "the file is a mapping with the key aliases")
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value != "aliases" {
			continue
		}
		clear(p.aliases)
		if err := p.mapping(deref(top.Content[i+1]), 0); err != nil {
			return err
		}
	}
	return nil
}

// mapping reads the aliases of one mapping. Merged mappings (<<) come first, so that its own keys override them.
func (p *aliasParser) mapping(n *yaml.Node, depth int) error {
	if isNull(n) {
		return nil
	}
	if p.entries++; p.entries > maxEntries {
		return lineError(n, fmt.Sprintf("more than %d entries", maxEntries))
	}
	if n.Kind != yaml.MappingNode || depth > maxDepth {
		return lineError(n, "aliases is a mapping from a name to a list of logins")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key, value := n.Content[i], deref(n.Content[i+1]); key.Tag == "!!merge" {
			if err := p.merge(value, depth+1); err != nil {
				return err
			}
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := deref(n.Content[i]), deref(n.Content[i+1])
		if key.Tag == "!!merge" {
			continue
		}
		if key.Kind != yaml.ScalarNode || strings.TrimSpace(key.Value) == "" {
			return lineError(key, "an alias is named by a plain word")
		}
		logins, err := p.logins(nil, value, 0)
		if err != nil {
			return err
		}
		p.aliases[strings.ToLower(strings.TrimSpace(key.Value))] = logins
	}
	return nil
}

func (p *aliasParser) merge(n *yaml.Node, depth int) error {
	if n.Kind != yaml.SequenceNode {
		return p.mapping(n, depth)
	}
	for _, one := range slices.Backward(n.Content) { // YAML: of merged mappings the earlier wins
		if err := p.mapping(deref(one), depth); err != nil {
			return err
		}
	}
	return nil
}

// logins adds the logins of n to list, each once.
func (p *aliasParser) logins(list []string, n *yaml.Node, depth int) ([]string, error) {
	if p.entries++; p.entries > maxEntries {
		return nil, lineError(n, fmt.Sprintf("more than %d entries", maxEntries))
	}
	switch {
	case isNull(n):
		return list, nil
	case n.Kind == yaml.ScalarNode && depth > 0:
		login := strings.TrimPrefix(strings.TrimSpace(n.Value), "@")
		key := strings.ToLower(login)
		if key == "" || slices.Contains(list, key) {
			return list, nil
		}
		if _, ok := p.spelling[key]; !ok {
			p.spelling[key] = login
		}
		return append(list, key), nil
	case n.Kind == yaml.SequenceNode && depth < maxDepth:
		for _, one := range n.Content {
			var err error
			if list, err = p.logins(list, deref(one), depth+1); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return nil, lineError(n, "an alias has a list of logins, each on a line of its own like `- octocat`")
}

// Version is a roles file as it stood from one commit on.
type Version struct {
	Commit  string    // hex, or empty
	Since   time.Time // when the commit became the head of the branch that counts
	Aliases Aliases   // empty for a version in which the file was deleted
	// Err is set when the content could not be parsed: nobody holds and nobody lacks a role by it.
	Err error
	// Spelling is how logins are written in the file, by their lower-case form; for display only, may be nil.
	Spelling map[string]string
}

// NewVersion parses the content of a roles file. An error in it ends up in Err.
func NewVersion(commit string, since time.Time, data []byte) Version {
	aliases, spelling, err := parseAliases(data)
	return Version{Commit: commit, Since: since, Aliases: aliases, Spelling: spelling, Err: err}
}

// History is the versions of one file, newest last. It reaches back to the first commit of the file, or at least
// before any time that is asked for: before its first version nobody held anything by it.
type History []Version

// At is the version that stood at t: the newest with Since not after t. Of two with the same Since the later in the
// list counts.
func (h History) At(t time.Time) (Version, bool) {
	best := -1
	for n, v := range h {
		if !v.Since.After(t) && (best < 0 || !v.Since.Before(h[best].Since)) {
			best = n
		}
	}
	if best < 0 {
		return Version{}, false
	}
	return h[best], true
}

// TeamMembers is a GitHub team as seen now.
type TeamMembers struct {
	Logins map[string]bool // active members, lower case
	// Unknown: the source answered but could not tell (403, 404).
	Unknown bool
	// Spelling is how GitHub writes the logins, by their lower-case form; for display only, may be nil.
	Spelling map[string]string
}

// NewTeamMembers makes a TeamMembers from logins as GitHub writes them.
func NewTeamMembers(logins []string) TeamMembers {
	t := TeamMembers{Logins: map[string]bool{}, Spelling: map[string]string{}}
	for _, login := range logins {
		key := strings.ToLower(login)
		t.Logins[key] = true
		t.Spelling[key] = login
	}
	return t
}

// Sorted gives logins as people look names up, without regard to case, each once.
func Sorted(logins []string) []string { return sortLogins(slices.Clone(logins)) }

// sortLogins sorts as people look names up, without regard to case.
func sortLogins(logins []string) []string {
	slices.SortFunc(logins, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	return slices.CompactFunc(logins, strings.EqualFold)
}

var commitForm = regexp.MustCompile(`^[0-9a-f]{8,64}$`)

// shortCommit abbreviates a hash to seven digits, as git does.
func shortCommit(commit string) string {
	if commitForm.MatchString(commit) {
		return commit[:7]
	}
	return commit
}
