package plugin

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// KeptException is one request for an exception with the fields that Kubernetes keeps
// by hand in releases/release-*/exceptions.yaml.
type KeptException struct {
	Name          string    `json:"name"`
	Issue         KeptIssue `json:"issue"`
	DateRequested cycle.Day `json:"date_requested"`
	DateReviewed  cycle.Day `json:"date_reviewed,omitzero"` // zero while it is open
	Thread        string    `json:"thread"`
	PullRequests  []string  `json:"pull_requests"`
	Status        string    `json:"status"` // "approved", "denied", "withdrawn" or "pending"
}

// KeptIssue is an issue of the KEP repository by its number, another by its address.
type KeptIssue struct {
	Number  int
	Address string
}

// MarshalJSON writes the number, or else the address.
func (i KeptIssue) MarshalJSON() ([]byte, error) {
	if i.Number > 0 {
		return json.Marshal(i.Number)
	}
	return json.Marshal(i.Address)
}

// KeptFreeze has the exceptions to one freeze, by the name that the file has for it.
type KeptFreeze struct {
	Name       string // "enhancementFreeze", "codeFreeze"
	Exceptions []KeptException
}

// KeptExceptions are those of a cycle, by freeze in the calendar's order.
type KeptExceptions []KeptFreeze

// Kept lists the exceptions of the cycle that were asked for. A draft is not there, also
// if it was withdrawn: it lacks something, and nobody can decide about it.
func (t *Tables) Kept() KeptExceptions {
	var out KeptExceptions
	at := func(name string) *KeptFreeze {
		n := slices.IndexFunc(out, func(f KeptFreeze) bool { return f.Name == name })
		if n < 0 {
			n = len(out)
			out = append(out, KeptFreeze{Name: name})
		}
		return &out[n]
	}
	for _, f := range t.cycle().Freezes {
		at(keptFreeze(strings.ToLower(f.Name))) // as requests have it
	}
	for _, i := range t.s.plan.items {
		for _, e := range i.Assessment.Exceptions {
			if e.State != work.ExceptionDraft && len(e.Missing) == 0 {
				f := at(keptFreeze(e.Freeze))
				f.Exceptions = append(f.Exceptions, t.kept(i, e))
			}
		}
	}
	for _, f := range out {
		slices.SortStableFunc(f.Exceptions, func(a, b KeptException) int {
			return cmp.Or(cmp.Compare(a.DateRequested.String(), b.DateRequested.String()), cmp.Compare(a.Issue.Number, b.Issue.Number), cmp.Compare(a.Issue.Address, b.Issue.Address))
		})
	}
	return slices.DeleteFunc(out, func(f KeptFreeze) bool { return len(f.Exceptions) == 0 })
}

// keptFreeze is "codeFreeze" for "code", and as Kubernetes has it for "enhancements".
func keptFreeze(name string) string {
	if name == "enhancements" {
		name = "enhancement"
	}
	return name + "Freeze"
}

func (t *Tables) kept(i plan.Item, e work.Exception) KeptException {
	k := KeptException{Name: i.Assessment.Issue.Title, Issue: KeptIssue{Address: t.r.Site.Issue(i.Key)}, DateRequested: cycle.DayOf(e.Requested.At),
		Thread: t.r.Site.Comment(i.Key, e.Requested.Comment), PullRequests: t.pulls(i.Key, e.PRs), Status: "pending"}
	if strings.EqualFold(i.Key.Repository(), t.w.config.Repos.KEPs) {
		k.Issue.Number = i.Key.Number
	}
	switch {
	case e.Decided != nil:
		k.DateReviewed, k.Status = cycle.DayOf(e.DecidedAt), "denied"
		if e.Decided.Granted {
			k.Status = "approved"
		}
	case e.State == work.ExceptionWithdrawn:
		k.DateReviewed, k.Status = cycle.DayOf(e.Withdrawn.At), "withdrawn"
	}
	return k
}

// pulls gives the addresses of the pull requests that a request names, each once, however
// people write them: "#77", "repo#77", "(org/repo#77)", a link with words. Addresses of
// other places are kept as they are. Words that name none are kept only where there is
// nothing else.
func (t *Tables) pulls(on Key, text string) []string {
	list := []string{}
	add := func(address string) {
		if !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;()[]<>`\"'*|", r) }) {
		word = strings.TrimRight(word, ".:!?")
		read, problem := slash.OneRef.Parse([]string{word})
		ref, is := read.(slash.Ref)
		switch {
		case problem == nil && is && !ref.KEP:
			add(t.r.Site.Pull(ref.Resolve(on)))
		case slash.URL.Match([]string{word}) == 1:
			if address, problem := slash.URL.Parse([]string{word}); problem == nil {
				add(address.(string))
			}
		}
	}
	if len(list) == 0 && text != "" {
		list = append(list, text)
	}
	return list
}

// JSON writes them as an object by freeze.
func (k KeptExceptions) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(k)
	return b.Bytes(), err
}

// MarshalJSON keeps the order of the freezes.
func (k KeptExceptions) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for n, f := range k {
		if n > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.Name)
		if err != nil {
			return nil, err
		}
		list, err := unescaped(f.Exceptions)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(list)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// YAML writes them as the file that is kept by hand has them. Text is in double quotes,
// which JSON and YAML read alike; days are days.
func (k KeptExceptions) YAML() ([]byte, error) {
	var b bytes.Buffer
	if len(k) == 0 {
		return []byte("{}\n"), nil
	}
	for n, f := range k {
		if n > 0 {
			b.WriteByte('\n')
		}
		name, err := unescaped(f.Name)
		if err != nil {
			return nil, err
		}
		if isPlainKey(f.Name) {
			name = []byte(f.Name)
		}
		b.Write(name)
		b.WriteString(":\n")
		for _, e := range f.Exceptions {
			if err := e.yaml(&b); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), nil
}

func (e KeptException) yaml(b *bytes.Buffer) error {
	var failed error
	line := func(begin, field string, v any) {
		text, err := unescaped(v)
		failed = cmp.Or(failed, err)
		if day, is := v.(cycle.Day); is {
			text = []byte(day.String())
		}
		b.WriteString(begin + field)
		b.Write(text)
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	line("- ", "name: ", e.Name)
	line("  ", "issue: ", e.Issue)
	line("  ", "date_requested: ", e.DateRequested)
	if !e.DateReviewed.IsZero() {
		line("  ", "date_reviewed: ", e.DateReviewed)
	}
	line("  ", "thread: ", e.Thread)
	if len(e.PullRequests) == 0 {
		b.WriteString("  pull_requests: []\n")
	} else {
		b.WriteString("  pull_requests:\n")
	}
	for _, pull := range e.PullRequests {
		line("    - ", "", pull)
	}
	line("  ", "status: ", e.Status)
	return failed
}

// isPlainKey reports whether a name can stand as a key of YAML without quotes.
func isPlainKey(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return (r|0x20 < 'a' || r|0x20 > 'z') && r != '_' })
}

// unescaped is JSON on one line that leaves & and < as they are. What cannot be printed,
// such as the control characters that YAML forbids and marks that turn text round, is \uXXXX.
func unescaped(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		if unicode.IsPrint(r) || r > 0xffff { // YAML takes no pairs of \uXXXX
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes(), nil
}
