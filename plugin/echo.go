package plugin

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v88/github"
)

// knowing is a writer that remembers the labels which it sets: GitHub tells us of
// them, too, and that is no news. And it remembers where it is not known whether a
// comment was made: no other is made there before every list must have it.
type knowing struct {
	writer
	memory *memory
}

// CreateComment implements writer. It gives a *Wait while it is not known whether the
// one before was made.
func (k knowing) CreateComment(ctx context.Context, key Key, body string) (Comment, error) {
	if left := k.memory.tries.unsureFor(key); left > 0 {
		return Comment{}, &Wait{For: left, Why: "GitHub did not say whether it made a comment, and a list may be too old to show it"}
	}
	c, err := k.writer.CreateComment(ctx, key, body)
	if err != nil && !sayNo(err) {
		k.memory.tries.unsures(key)
	}
	return c, err
}

// sayNo reports whether an error says that nothing was written: GitHub's own refusal, or
// nothing was sent.
func sayNo(err error) bool {
	var wait *Wait
	var reply *github.ErrorResponse
	return errors.As(err, &wait) || errors.Is(err, ErrDryRun) ||
		errors.As(err, &reply) && reply.Response != nil && reply.Response.StatusCode < http.StatusInternalServerError
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
