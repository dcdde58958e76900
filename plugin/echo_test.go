package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-github/v88/github"
)

// failing makes no comment, and says so with an error.
type failing struct {
	writer
	err  error
	made int
}

func (f *failing) CreateComment(context.Context, Key, string) (Comment, error) {
	f.made++
	return Comment{ID: 1}, f.err
}

// TestUnsureComment: where it is not known whether a comment was made none is made again
// before every list must show the first. Other issues do not wait for it.
func TestUnsureComment(t *testing.T) {
	reply := func(status int) error {
		return fmt.Errorf("comment: %w", &github.ErrorResponse{Response: &http.Response{StatusCode: status}})
	}
	for _, c := range []struct {
		name   string
		err    error
		unsure bool
	}{
		{"made", nil, false},
		{"502", reply(http.StatusBadGateway), true},
		{"cut off", fmt.Errorf("comment: %w", io.ErrUnexpectedEOF), true},
		{"timed out", fmt.Errorf("comment: %w", context.DeadlineExceeded), true},
		{"answer without an id", fmt.Errorf("comment: %w", errPart), true},
		{"too long", reply(http.StatusUnprocessableEntity), false},
		{"locked", fmt.Errorf("comment: %w: %w", ErrForbidden, reply(http.StatusForbidden)), false},
		{"rate limit", fmt.Errorf("comment: %w", &Wait{For: time.Second}), false},
		{"dry run", fmt.Errorf("comment: %w", ErrDryRun), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := Key{Org: "k", Repo: "e", Number: 1}, Key{Org: "k", Repo: "e", Number: 2}
				f := &failing{err: c.err}
				k := knowing{f, newMemory()}
				if _, err := k.CreateComment(t.Context(), here, "a"); !errors.Is(err, c.err) {
					t.Fatalf("error %v, want %v", err, c.err)
				}
				f.err = nil
				_, err := k.CreateComment(t.Context(), here, "a")
				var wait *Wait
				if got := errors.As(err, &wait); got != c.unsure || got && wait.For != settleTime {
					t.Fatalf("at once: %v; want to wait: %t", err, c.unsure)
				}
				if _, err := k.CreateComment(t.Context(), there, "a"); err != nil {
					t.Errorf("elsewhere: %v", err)
				}
				time.Sleep(settleTime)
				if _, err := k.CreateComment(t.Context(), here, "a"); err != nil {
					t.Errorf("after %s: %v", settleTime, err)
				}
			})
		})
	}
}
