package plugin

import (
	"context"
	"strings"
)

// knowing is a writer that remembers the labels which it sets: GitHub tells us of
// them, too, and that is no news.
type knowing struct {
	writer
	memory *memory
}

// AddLabel implements writer.
func (k knowing) AddLabel(ctx context.Context, key Key, label string) error {
	undo := k.memory.labelling(key, strings.ToLower(label), true)
	err := k.writer.AddLabel(ctx, key, label)
	if err != nil {
		undo()
	}
	return err
}

// RemoveLabel implements writer.
func (k knowing) RemoveLabel(ctx context.Context, key Key, label string) error {
	undo := k.memory.labelling(key, strings.ToLower(label), false)
	err := k.writer.RemoveLabel(ctx, key, label)
	if err != nil {
		undo()
	}
	return err
}

// echo reports whether a delivery only tells what this process did to a label.
// Under a shared account others act as us: what they do differs from what we
// last did, or changes nothing.
func (s *Server) echo(p *payload) bool {
	on := p.Action == "labeled"
	return p.Sender.ID == s.Self.ID && (on || p.Action == "unlabeled") && s.memory.labelledSo(p.key(), strings.ToLower(p.Label.Name), on)
}
