package plugin

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/slash"
)

// TestRecordsLeadToTheirPages: where there are pages, and never from a private issue.
func TestRecordsLeadToTheirPages(t *testing.T) {
	const board = "https://plans.example.com"
	s, at := planStand(t, nil)
	s.private("secret-work", "secret-work: {}")
	s.configure(strings.Replace(standConfig, "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {}\n    kubernetes/secret-work: {}", 1) + "  plan: kubernetes/enhancements#4000\n")
	s.plugin.Reconciler.Site.Board = board
	item, secret := s.openKEP(), s.open("secret-work", "Secret plans", "")
	for _, key := range []Key{item, secret} {
		s.said("node-fac", key, "/commit sig-node w1-2")
	}
	s.enqueue(at)
	s.settle()
	for key, want := range map[Key]string{item: "[On the web](" + board + "/item/kubernetes/enhancements/4381)", at: "[Plan on the web](" + board + "/plan/v1.38)", secret: ""} {
		text := strings.Join(s.ours(key), "\n")
		if text == "" || strings.Contains(text, board) != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%s, want %q:\n%s", key, want, text)
		}
	}
}

// TestIssueLink: issues and pull requests that a record links are found, comments and
// pages on the web are not.
func TestIssueLink(t *testing.T) {
	site := render.Site{GitHub: "https://github.com", Board: "https://plans.example.com"}
	key := slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 12}
	for address, want := range map[string]string{
		site.Issue(key): "kubernetes/kubernetes 12", site.Pull(key): "kubernetes/kubernetes 12",
		site.Comment(key, 7): "", site.Comment(key, -7): "", site.OfItem(key): "", site.OfPlan("v1.38", "demos"): "", site.Pull(key) + "/checks": "",
	} {
		got := ""
		if m := issueLink.FindStringSubmatch("| [x](" + address + ") |"); m != nil {
			got = m[1] + " " + m[2]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
