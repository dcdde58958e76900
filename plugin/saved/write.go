package saved

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
)

// The types of lines.
const (
	typeHeader    = "export"
	typeCycle     = "cycle"
	typeRepo      = "repo"
	typeCatalogue = "catalogue"
	typeKEP       = "kep"
	typePlan      = "plan"
	typeHolders   = "holders"
	typeIssue     = "issue"
	typeRecord    = "record"
	typeReceipt   = "receipt"
	typeMerge     = "merge"
	typeDecision  = "decision"
	typeSigned    = "signed"
	typeEnd       = "end"
)

// Value is one value of a decision, as it was signed.
type Value = json.RawMessage

// Lines with their type in front.
type (
	kind struct {
		Type string `json:"type"`
	}
	headerLine struct {
		kind
		Header
	}
	cycleLine struct {
		kind
		cycle.Cycle
	}
	repoLine struct {
		kind
		Repo
	}
	catalogueLine struct {
		kind
		Catalogue
	}
	kepLine struct {
		kind
		KEP
	}
	planLine struct {
		kind
		Plan
	}
	holdersLine struct {
		kind
		Holders
	}
	issueLine struct {
		kind
		Issue
	}
	recordLine struct {
		kind
		Record
	}
	home struct {
		Key   Key    `json:"key"`
		Cycle string `json:"cycle"`
	}
	receiptLine struct {
		kind
		On home `json:"on"`
		Receipt
	}
	mergeLine struct {
		kind
		On home `json:"on"`
		custody.Merge
	}
	decisionLine struct {
		kind
		Decision
	}
	signedLine struct {
		kind
		Signed
	}
	// endLine says how many lines there are, itself included: a file without it was cut off.
	endLine struct {
		kind
		Lines int `json:"lines"`
	}
)

// Write writes the file in the order of its lists.
func (f File) Write(out io.Writer) error {
	w := &writer{out: bufio.NewWriter(out)}
	f.Header.Version = Version
	w.line(headerLine{kind{typeHeader}, f.Header})
	for _, v := range f.Cycles {
		w.line(cycleLine{kind{typeCycle}, v})
	}
	for _, v := range f.Repos {
		w.line(repoLine{kind{typeRepo}, v})
	}
	for _, v := range f.Catalogues {
		w.line(catalogueLine{kind{typeCatalogue}, v})
	}
	for _, v := range f.KEPs {
		w.line(kepLine{kind{typeKEP}, v})
	}
	for _, v := range f.Plans {
		w.line(planLine{kind{typePlan}, v})
	}
	for _, v := range f.Holders {
		w.line(holdersLine{kind{typeHolders}, v})
	}
	for _, v := range f.Issues {
		w.line(issueLine{kind{typeIssue}, v})
	}
	for _, v := range f.Records {
		w.record(v)
	}
	for _, v := range f.Decisions {
		w.line(decisionLine{kind{typeDecision}, v})
	}
	for _, v := range f.Signed {
		w.line(signedLine{kind{typeSigned}, v})
	}
	w.line(endLine{kind{typeEnd}, w.lines + 1})
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

func (w *writer) record(r Record) {
	w.line(recordLine{kind{typeRecord}, r})
	on := home{r.Key, r.Cycle}
	for _, v := range r.Receipts {
		w.line(receiptLine{kind{typeReceipt}, on, v})
	}
	for _, v := range r.Merges {
		w.line(mergeLine{kind{typeMerge}, on, v})
	}
}

// writer keeps the first error.
type writer struct {
	out   *bufio.Writer
	lines int
	err   error
}

func (w *writer) line(v any) {
	if w.err != nil {
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if w.err = enc.Encode(v); w.err == nil {
		_, w.err = w.out.Write(b.Bytes())
	}
	w.lines++
}
