package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestGracePeriod: at the end rounds have the grace period to finish, and no longer.
func TestGracePeriod(t *testing.T) {
	for _, tc := range []struct {
		name       string
		takes, end time.Duration // after the signal
		want       string
	}{
		{"finished in time", 20 * time.Second, 20 * time.Second, "context canceled"},
		{"not finished", time.Hour, 30 * time.Second, "did not finish within 30s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				begin := time.Now()
				cancel()
				err := within(ctx, 30*time.Second, func(ctx context.Context) error {
					time.Sleep(tc.takes)
					return ctx.Err()
				})
				if got := time.Since(begin); got != tc.end || err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("ended after %s: %v", got, err)
				}
				time.Sleep(tc.takes) // the goroutine of the bubble ends
			})
		})
	}
	stopped := errors.New("stopped")
	if err := within(t.Context(), time.Hour, func(context.Context) error { return stopped }); !errors.Is(err, stopped) {
		t.Error(err)
	}
}
