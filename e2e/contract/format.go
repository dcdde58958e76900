package contract

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"
)

// Extension is the end of the name of a file with records.
const Extension = ".jsonl"

// The two kinds of record.
const (
	KindExchange = "exchange"
	KindWebhook  = "webhook"
)

// Record is one line of a recording: one exchange over the REST API, or one delivery to a webhook receiver.
// The stand-in writes it; a field that is not named here is refused, so that a renamed field cannot
// turn the check off unseen.
type Record struct {
	Kind string `json:"kind"`

	// An exchange. URL is the request's path and query as received; a scheme and host are ignored.
	// Bodies are the bytes as text, "" when there is none.
	Method         string      `json:"method,omitempty"`
	URL            string      `json:"url,omitempty"`
	RequestHeader  http.Header `json:"requestHeader,omitempty"`
	RequestBody    string      `json:"requestBody,omitempty"`
	Status         int         `json:"status,omitempty"`
	ResponseHeader http.Header `json:"responseHeader,omitempty"`
	ResponseBody   string      `json:"responseBody,omitempty"`
	// Fault names a fault that was put in on purpose: the request is judged, the answer is not.
	Fault string `json:"fault,omitempty"`

	// A delivery: the value of X-GitHub-Event, and the payload.
	Event string `json:"event,omitempty"`
	Body  string `json:"body,omitempty"`

	// Source says where the record was read, "file:line". It is not part of the format.
	Source string `json:"-"`
}

// validate says whether the record is complete enough to be judged.
func (r *Record) validate() error {
	switch r.Kind {
	case KindExchange:
		if r.Method == "" || r.URL == "" || r.Status == 0 {
			return errors.New("an exchange needs method, url and status")
		}
	case KindWebhook:
		if r.Event == "" || r.Body == "" {
			return errors.New("a webhook needs event and body")
		}
	default:
		return fmt.Errorf("kind %q: known are %q and %q", r.Kind, KindExchange, KindWebhook)
	}
	return nil
}

// Read decodes every line of r and calls f with each record. name stands for the file in Source and in errors.
// A line that is not a record ends the reading: a damaged recording is never taken for a good one.
func Read(r io.Reader, name string, f func(Record)) error {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			rec, decodeErr := decode(trimmed)
			if decodeErr != nil {
				return fmt.Errorf("%s:%d: %w", name, n, decodeErr)
			}
			rec.Source = fmt.Sprintf("%s:%d", name, n)
			f(rec)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
}

func decode(line []byte) (Record, error) {
	var rec Record
	if !utf8.Valid(line) {
		return rec, errors.New("the line is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&rec); err != nil {
		return rec, fmt.Errorf("not a record: %w", err)
	}
	if d.More() {
		return rec, errors.New("more than one value on the line")
	}
	return rec, rec.validate()
}

// ReadDir reads every file of dir whose name ends in Extension, in the order of their names, and returns how many
// records there were. No record at all is an error: a check of nothing would pass for ever.
func ReadDir(dir string, f func(Record)) (int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*"+Extension))
	if err != nil {
		return 0, err
	}
	slices.Sort(names)
	count := 0
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			return count, err
		}
		err = Read(file, filepath.Base(name), func(rec Record) { count++; f(rec) })
		file.Close()
		if err != nil {
			return count, err
		}
	}
	if count == 0 {
		return 0, fmt.Errorf("%s holds no record (files named *%s)", dir, Extension)
	}
	return count, nil
}
