package plugin

import (
	"os"
	"strings"
	"testing"
)

// TestPermissionsAreDocumented: the page has a row for each permission and event that is asked for at start, and every
// event that the plugin wants from hook has a reason.
func TestPermissionsAreDocumented(t *testing.T) {
	data, err := os.ReadFile("../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, p := range permissions {
		level := map[string]string{"read": "read", "write": "read and write"}[p.level]
		if row := "| " + p.title + " | " + level + " |"; !strings.Contains(page, row) {
			t.Errorf("docs/deploy.md has no row %q", row)
		}
	}
	for _, event := range Events {
		if eventUse[event] == "" || !strings.Contains(page, "| `"+event+"` | "+eventUse[event]+" |") {
			t.Errorf("docs/deploy.md has no row for %s: %q", event, eventUse[event])
		}
	}
	if len(eventUse) != len(Events) {
		t.Errorf("%d events are explained, the plugin wants %d", len(eventUse), len(Events))
	}
}

// TestGrantLevels: a higher level covers a lower one, an unknown one nothing.
func TestGrantLevels(t *testing.T) {
	for _, tc := range []struct {
		have, want string
		covers     bool
	}{
		{"", "read", false}, {"read", "read", true}, {"write", "read", true}, {"admin", "write", true},
		{"read", "write", false}, {"", "write", false}, {"of a later day", "read", false},
	} {
		if got := covers(tc.have, tc.want); got != tc.covers {
			t.Errorf("%q covers %q: %v", tc.have, tc.want, got)
		}
	}
}
