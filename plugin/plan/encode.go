package plan

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// ErrDecision is returned for a decision that does not read as one, or that newer
// software wrote. It is never taken for none.
var ErrDecision = errors.New("not a decision that is known")

// written is one line of a decision as it is signed: first the head, then the lists,
// one entry a line, so that a long decision can be cut into parts.
type written struct {
	Kind      Kind            `json:"decision,omitempty"`
	Head      json.RawMessage `json:"head,omitempty"`
	Seat      *SeatVote       `json:"seat,omitempty"`
	Objection *Objection      `json:"objection,omitempty"`
	Item      *SnapshotItem   `json:"item,omitempty"`
	Spared    *SnapshotItem   `json:"spared,omitempty"`
}

// lists are the lists of a decision, which are written one entry a line.
type lists struct {
	seats      []SeatVote
	objections []Objection
	items      []SnapshotItem
	spared     []SnapshotItem
}

// Encode gives the JSON values of a decision for custody's SealJSON: its head, then
// its seats, objections and items, each a value of its own.
func Encode(d Decision) ([]json.RawMessage, error) {
	head, l := split(d)
	if head == nil {
		return nil, fmt.Errorf("%w: %T", ErrDecision, d)
	}
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	lines := []written{{Kind: d.Kind(), Head: text}}
	for k := range l.seats {
		lines = append(lines, written{Seat: &l.seats[k]})
	}
	for k := range l.objections {
		lines = append(lines, written{Objection: &l.objections[k]})
	}
	for k := range l.items {
		lines = append(lines, written{Item: &l.items[k]})
	}
	for k := range l.spared {
		lines = append(lines, written{Spared: &l.spared[k]})
	}
	values := make([]json.RawMessage, 0, len(lines))
	for _, line := range lines {
		value, err := json.Marshal(line)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// split takes the lists out of a decision. head is nil for a type that is none of ours.
func split(d Decision) (head any, l lists) {
	switch v := d.(type) {
	case VoteOpened:
		for _, s := range v.Seats {
			l.seats = append(l.seats, SeatVote{Seat: s})
		}
		l.items = v.Items
		v.Seats, v.Items = nil, nil
		return v, l
	case VoteResult:
		l = lists{seats: v.Seats, objections: v.Objections, items: v.Items}
		v.Seats, v.Objections, v.Items = nil, nil, nil
		return v, l
	case Rework:
		return v, l
	case PrunePreview:
		l.items, v.Items = v.Items, nil
		return v, l
	case Pruned:
		l.items, l.spared = v.Items, v.Spared
		v.Items, v.Spared = nil, nil
		return v, l
	}
	return nil, l
}

// Decode reads what Encode wrote. Errors wrap ErrDecision.
func Decode(values []json.RawMessage) (Decision, error) {
	var first written
	var l lists
	for n, value := range values {
		var line written
		if err := work.ReadStrict(value, &line); err != nil {
			return nil, fmt.Errorf("%w: value %d: %w", ErrDecision, n+1, err)
		}
		switch {
		case n == 0 && line.Head != nil:
			first = line
		case n > 0 && line.Seat != nil:
			l.seats = append(l.seats, *line.Seat)
		case n > 0 && line.Objection != nil:
			l.objections = append(l.objections, *line.Objection)
		case n > 0 && line.Item != nil:
			l.items = append(l.items, *line.Item)
		case n > 0 && line.Spared != nil:
			l.spared = append(l.spared, *line.Spared)
		default:
			return nil, fmt.Errorf("%w: value %d is empty or out of place", ErrDecision, n+1)
		}
	}
	if first.Head == nil {
		return nil, fmt.Errorf("%w: no head", ErrDecision)
	}
	return join(first, l)
}

func join(first written, l lists) (Decision, error) {
	var d Decision
	var err error
	switch first.Kind {
	case KindVoteOpened:
		var v VoteOpened
		err = work.ReadStrict(first.Head, &v)
		for _, s := range l.seats {
			v.Seats = append(v.Seats, s.Seat)
		}
		v.Items = l.items
		d = v
	case KindVoteResult:
		var v VoteResult
		err = work.ReadStrict(first.Head, &v)
		v.Seats, v.Objections, v.Items = l.seats, l.objections, l.items
		d = v
	case KindRework:
		var v Rework
		err = work.ReadStrict(first.Head, &v)
		d = v
	case KindPrunePreview:
		var v PrunePreview
		err = work.ReadStrict(first.Head, &v)
		v.Items = l.items
		d = v
	case KindPruned:
		var v Pruned
		err = work.ReadStrict(first.Head, &v)
		v.Items, v.Spared = l.items, l.spared
		d = v
	default:
		return nil, fmt.Errorf("%w: kind %q", ErrDecision, first.Kind)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecision, err)
	}
	return d, nil
}

// itemJSON is how a SnapshotItem is written: its key as "org/repo#12".
type itemJSON struct {
	Key    string `json:"key"`
	Digest string `json:"digest,omitempty"`
	SIG    string `json:"sig,omitempty"`
	Title  string `json:"title,omitempty"`
}

// MarshalJSON writes the key as text.
func (s SnapshotItem) MarshalJSON() ([]byte, error) {
	return json.Marshal(itemJSON{Key: s.Key.String(), Digest: s.Digest, SIG: s.SIG, Title: s.Title})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *SnapshotItem) UnmarshalJSON(value []byte) error {
	var j itemJSON
	if err := work.ReadStrict(value, &j); err != nil {
		return err
	}
	key, err := slash.ParseKey(j.Key)
	if err != nil {
		return err
	}
	*s = SnapshotItem{Key: key, Digest: j.Digest, SIG: j.SIG, Title: j.Title}
	return nil
}
