package saved

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// What a file may lack. Each error of Read names the line too.
var (
	// ErrHeader: the file does not begin as an export does.
	ErrHeader = errors.New(`an export begins with {"type":"export"; steelthread export --cycle v1.38 -o v1.38.jsonl writes one`)
	// ErrNewer: newer software wrote it; in part it would give other tables.
	ErrNewer = errors.New("a newer steelthread wrote this; replay it with that one")
	// ErrCut: the end is missing.
	ErrCut = errors.New("the file is cut off here; write it again with steelthread export")
	// ErrLine: a line that is not what its type says.
	ErrLine = errors.New("this line is not as export writes it")
)

// Read reads a file whole, or says which line it cannot take. Nothing is left out.
func Read(in io.Reader) (File, error) {
	r := reader{file: File{lines: map[string]int{}}, seen: map[string]bool{}, records: map[home]int{}}
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return File{}, fmt.Errorf("line %d: %w", r.lines+1, err)
		}
		whole := err == nil
		if !whole && len(line) == 0 {
			break
		}
		r.lines++
		if err := r.line(bytes.TrimRight(line, "\r\n"), whole); err != nil {
			return File{}, fmt.Errorf("line %d: %w", r.lines, err)
		}
	}
	switch {
	case r.lines == 0:
		return File{}, fmt.Errorf("line 1: the file is empty: %w", ErrHeader)
	case !r.ended:
		return File{}, fmt.Errorf("line %d: the last line, which counts the others, is missing: %w", r.lines, ErrCut)
	}
	return r.file, nil
}

type reader struct {
	file    File
	lines   int
	ended   bool
	seen    map[string]bool // what may be there once
	records map[home]int    // where a record is in the file
}

func (r *reader) line(text []byte, whole bool) error {
	var k struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(text, &k); err != nil {
		switch {
		case r.lines == 1:
			return ErrHeader
		case !whole:
			return ErrCut
		}
		return fmt.Errorf("%w: %w", ErrLine, err)
	}
	switch {
	case r.lines == 1 && k.Type != typeHeader:
		return ErrHeader
	case r.lines == 1:
		return r.header(text)
	case k.Type == typeHeader:
		return fmt.Errorf("%w: a second header", ErrLine)
	case r.ended:
		return fmt.Errorf("%w: it stands behind the last line", ErrLine)
	}
	return r.take(k.Type, text)
}

// header looks at the version before it is strict: a newer one may have other fields.
func (r *reader) header(text []byte) error {
	var v struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return fmt.Errorf("%w: %w", ErrLine, err)
	}
	if v.Version != Version {
		return fmt.Errorf("version %d, this steelthread reads %d: %w", v.Version, Version, ErrNewer)
	}
	line, err := read[headerLine](text)
	r.file.Header = line.Header
	return err
}

// take puts a line where it belongs.
func (r *reader) take(name string, text []byte) error {
	f := &r.file
	switch name {
	case typeCycle:
		v, err := read[cycleLine](text)
		return add(r, &f.Cycles, v.Cycle, err)
	case typeRepo:
		v, err := read[repoLine](text)
		return add(r, &f.Repos, v.Repo, err)
	case typeCatalogue:
		v, err := read[catalogueLine](text)
		return add(r, &f.Catalogues, v.Catalogue, err)
	case typeKEP:
		v, err := read[kepLine](text)
		return add(r, &f.KEPs, v.KEP, err)
	case typePlan:
		v, err := read[planLine](text)
		return add(r, &f.Plans, v.Plan, err)
	case typeHolders:
		v, err := read[holdersLine](text)
		return add(r, &f.Holders, v.Holders, err)
	case typeIssue:
		v, err := read[issueLine](text)
		return add(r, &f.Issues, v.Issue, err)
	case typeRecord:
		v, err := read[recordLine](text)
		r.records[home{v.Record.Key, v.Record.Cycle}] = len(f.Records)
		return add(r, &f.Records, v.Record, err)
	case typeReceipt, typeMerge:
		return r.inRecord(name, text)
	case typeDecision:
		v, err := read[decisionLine](text)
		return add(r, &f.Decisions, v.Decision, err)
	case typeSigned:
		v, err := read[signedLine](text)
		return add(r, &f.Signed, v.Signed, err)
	case typeEnd:
		v, err := read[endLine](text)
		if err == nil && v.Lines != r.lines {
			err = fmt.Errorf("%w: it counts %d lines, and is line %d", ErrLine, v.Lines, r.lines)
		}
		r.ended = true
		return err
	}
	return fmt.Errorf("a line of type %q: %w", name, ErrNewer)
}

// inRecord puts a receipt into its record, which stands before it.
func (r *reader) inRecord(name string, text []byte) error {
	var on home
	var put func(*Record)
	var once string
	if name == typeReceipt {
		v, err := read[receiptLine](text)
		if err != nil {
			return err
		}
		on, once, put = v.On, fmt.Sprint(v.Comment), func(rec *Record) { rec.Receipts = append(rec.Receipts, v.Receipt) }
	} else {
		v, err := read[mergeLine](text)
		if err != nil {
			return err
		}
		on, once, put = v.On, fmt.Sprint(v.Repo, "#", v.Number), func(rec *Record) { rec.Merges = append(rec.Merges, v.Merge) }
	}
	n, ok := r.records[on]
	if !ok {
		return fmt.Errorf("%w: no record of %s for %q stands before it", ErrLine, on.Key, on.Cycle)
	}
	if err := r.once(name, on.Key.String(), on.Cycle, once); err != nil {
		return err
	}
	put(&r.file.Records[n])
	return nil
}

// once says that nothing is there twice.
func (r *reader) once(of ...string) error {
	id := strings.Join(of, "\x00")
	if r.seen[id] {
		return fmt.Errorf("%w: it is there twice", ErrLine)
	}
	r.seen[id] = true
	r.file.lines[id] = r.lines
	return nil
}

// names are what may be in a file once of a value.
func names(v any) []string {
	switch v := v.(type) {
	case cycle.Cycle:
		return []string{typeCycle, v.Name}
	case Repo:
		return []string{typeRepo, v.Name}
	case Catalogue:
		return []string{typeCatalogue, v.Repo}
	case KEP:
		return []string{typeKEP, v.Repo, v.Path}
	case Plan:
		return []string{typePlan, v.Cycle}
	case Holders:
		return []string{typeHolders, v.Role, v.Of, v.Cycle, v.At.UTC().String()}
	case Issue:
		return []string{typeIssue, v.Key.String()}
	case Record:
		return []string{typeRecord, v.Key.String(), v.Cycle}
	case Decision:
		return []string{typeDecision, v.Key.String(), fmt.Sprint(v.Comment)}
	case Signed:
		return []string{typeSigned, v.Block}
	}
	return nil
}

// Line is the line on which a value of a file that was read stands, 0 if it is not known.
func (f File) Line(v any) int { return f.lines[strings.Join(names(v), "\x00")] }

func add[T any](r *reader, list *[]T, v T, err error) error {
	if err == nil {
		err = r.once(names(v)...)
	}
	if err == nil {
		*list = append(*list, v)
	}
	return err
}

// read takes no field that it does not know.
func read[T any](text []byte) (v T, err error) {
	err = work.ReadStrict(text, &v)
	switch {
	case err == nil:
		return v, nil
	case strings.Contains(err.Error(), "unknown field"):
		return v, fmt.Errorf("%w: %w", ErrNewer, err)
	}
	return v, fmt.Errorf("%w: %w", ErrLine, err)
}
