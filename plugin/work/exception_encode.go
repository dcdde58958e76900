package work

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrException is returned for a decision about an exception that does not read as
// one, or that newer software wrote. It is never taken for none.
var ErrException = errors.New("not a decision about an exception that is known")

// exceptionWritten is the one value of a decision as it is signed.
type exceptionWritten struct {
	Kind string          `json:"decision,omitempty"`
	Head json.RawMessage `json:"head,omitempty"`
}

// EncodeException gives the JSON values of a decision for custody's SealJSON.
func EncodeException(d ExceptionDecided) ([]json.RawMessage, error) {
	head, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	value, err := json.Marshal(exceptionWritten{Kind: d.Kind(), Head: head})
	if err != nil {
		return nil, err
	}
	return []json.RawMessage{value}, nil
}

// DecodeException reads what EncodeException wrote. Errors wrap ErrException.
func DecodeException(values []json.RawMessage) (ExceptionDecided, error) {
	var d ExceptionDecided
	var w exceptionWritten
	if len(values) != 1 {
		return d, fmt.Errorf("%w: %d values", ErrException, len(values))
	}
	if err := ReadStrict(values[0], &w); err != nil {
		return d, fmt.Errorf("%w: %w", ErrException, err)
	}
	if w.Kind != KindException {
		return d, fmt.Errorf("%w: kind %q", ErrException, w.Kind)
	}
	if err := ReadStrict(w.Head, &d); err != nil {
		return ExceptionDecided{}, fmt.Errorf("%w: %w", ErrException, err)
	}
	if d.Freeze == "" || d.Request.Comment == 0 || d.Asked.Comment == 0 || d.Granted == d.Due.IsZero() {
		return ExceptionDecided{}, fmt.Errorf("%w: it does not say for what it is, who asked, or until when", ErrException)
	}
	return d, nil
}

// ReadStrict reads one JSON value and takes no field that it does not know: a decision
// that newer software wrote is not read in part.
func ReadStrict(value []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}
