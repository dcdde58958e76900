package plan

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/work"
)

func TestGraph(t *testing.T) {
	private := asks(viewItem(7, "node", work.Ready), 8, "cli", work.Unreadable)
	private.Assessment.Edges[0].Target = work.Target{}
	g := GraphOf([]Item{
		asks(asks(viewItem(1, "node", work.Ready), 2, "cli", work.NotPromised), 3, "network"),
		asks(viewItem(2, "cli", work.Committed), 3, "network", work.Declined),
		asks(viewItem(4, "cli", work.Committed), 2, "cli"), // within the SIG
		asks(viewItem(5, "cli", work.Done), 1, "node"),     // closed
		asks(viewItem(6, "cli", work.Noted), 1, "node"),    // not in the plan
		asks(viewItem(9, "", work.OptedIn), 1, "node"),     // nobody's
		private,
	})
	want := `flowchart LR
  subgraph s1["sig-cli"]
    i1["enhancements#35;2 Title 2"]
  end
  subgraph s2["sig-network"]
    i2["enhancements#35;3 Title 3"]
  end
  subgraph s3["sig-node"]
    i3["enhancements#35;1 Title 1"]
  end
  i1 --x|declined| i2
  i3 -.->|asked| i1
  i3 -->|promised| i2
`
	if g.Mermaid != want || g.Shown != 3 || g.Left != 0 {
		t.Errorf("%d shown, %d left:\n%s", g.Shown, g.Left, g.Mermaid)
	}
	bySIG := `flowchart LR
  s1["sig-cli"]
  s2["sig-network"]
  s3["sig-node"]
  s1 --x|1 declined| s2
  s3 -.->|1 asked| s1
  s3 -->|1 promised| s2
`
	if g.SIGs != bySIG || g.SIGsLeft != 0 {
		t.Errorf("%d pairs left:\n%s", g.SIGsLeft, g.SIGs)
	}
	if g := GraphOf(nil); g != (Graph{}) {
		t.Errorf("of nothing: %v", g)
	}
}

func TestGraphIsCutAndCounted(t *testing.T) {
	var items []Item
	for n := range 100 {
		i := viewItem(n+1, "node", work.Ready)
		if n == 99 {
			items = append(items, asks(i, 500, "cli", work.Declined))
			continue
		}
		items = append(items, asks(i, 500+n, "cli"))
	}
	g := GraphOf(items)
	if g.Shown != GraphEdges || g.Left != 100-GraphEdges || strings.Count(g.Mermaid, "|promised|") != GraphEdges-1 {
		t.Errorf("%d shown, %d left", g.Shown, g.Left)
	}
	if !strings.Contains(g.Mermaid, "|declined|") {
		t.Error("the declined one is cut away")
	}
}

// TestGraphOfSIGs: all that one SIG asks of another is one arrow, drawn by its worst.
func TestGraphOfSIGs(t *testing.T) {
	var items []Item
	for n := range 100 {
		codes := []work.FindingCode{work.NotPromised}
		if n%10 == 3 {
			codes[0] = work.Declined
		}
		items = append(items, asks(viewItem(n+1, "node", work.Ready), 500+n, fmt.Sprint("s", n%65), codes...))
	}
	g := GraphOf(items)
	if g.SIGsLeft != 65-GraphEdges || strings.Count(g.SIGs, "declined") < 10 || !strings.Contains(g.SIGs, "|1 declined, 1 asked|") || !strings.Contains(g.SIGs, " --x|1 declined, 1 asked|") {
		t.Errorf("%d pairs left:\n%s", g.SIGsLeft, g.SIGs)
	}
}

// graphLine is every line that a graph may have, whatever the titles are.
var graphLine = regexp.MustCompile(`^(flowchart LR|  end|  subgraph s\d+\["sig-[\pL\pM\pN ,.+…-]*"\]|  s\d+\["sig-[\pL\pM\pN ,.+…-]*"\]|  s\d+ -\.->\|1 asked\| s\d+|    i\d+\["[\pL\pM\pN ,.+…-]+#35;\d+[\pL\pM\pN ,.+…-]*"\]|  i\d+ (--x\|declined\||-\.->\|asked\||-->\|promised\|) i\d+|)$`)

func FuzzGraphTitle(f *testing.F) {
	for _, s := range []string{"plain", `"] --> x["`, "```\n</details>", "end", "#quot;#35;", "<b>", "`md`", "%%{init: {}}%%", "x\nclick i1 href", "日本語", "\xff", strings.Repeat("é", 300), "1. x", "classDef default fill:#f00;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i := asks(viewItem(1, s, work.Ready), 2, "cli", work.NotPromised)
		i.Assessment.Issue.Title = s
		i.Assessment.Edges[0].Target.Issue.Title = s
		g := GraphOf([]Item{i})
		for _, line := range strings.Split(g.Mermaid+g.SIGs, "\n") {
			if !graphLine.MatchString(line) {
				t.Errorf("%q gives the line %q", s, line)
			}
		}
	})
}
