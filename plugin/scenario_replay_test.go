package plugin_test

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// replayed takes out every cycle that has a plan issue, as a process of its own does, and
// requires that each table made from the file alone is the one of the process that made
// the rounds, and that the plan is the one that stands on its issue.
func (p *play) replayed() {
	ctx := context.WithoutCancel(p.t.Context())
	for _, c := range p.config.Calendar() {
		key, err := slash.ParseKey(c.Plan)
		if err != nil || !c.Kept(time.Now()) || !p.isThere(key) {
			continue
		}
		live, err := p.inst.plugin.Reconciler.Tables(ctx, c.Name)
		if err != nil {
			p.t.Errorf("tables of %s: %v", c.Name, err)
			continue
		}
		var file bytes.Buffer
		if err := p.process().plugin.Export(ctx, c.Name, &file); err != nil {
			p.t.Errorf("export of %s: %v", c.Name, err)
			continue
		}
		again, err := plugin.Replay(&file)
		if err != nil {
			p.t.Errorf("replay of %s: %v", c.Name, err)
			continue
		}
		for _, name := range plugin.TableNames {
			want, err := live.Table(name, time.Time{})
			got, err2 := again.Table(name, time.Time{})
			if d := cmp.Diff(want, got); d != "" || want == "" || err != nil || err2 != nil {
				p.t.Errorf("%s of %s, live and replayed: %v %v\n%s", name, c.Name, err, err2, d)
			}
			if name == plugin.TablePlan && !strings.Contains(p.recordOf(key), strings.TrimSpace(got)) {
				p.t.Errorf("the plan of %s as it stands:\n%s", c.Name, cmp.Diff(p.recordOf(key), got))
			}
		}
	}
}

func (p *play) isThere(key plugin.Key) bool {
	for _, issue := range p.sim.Issues(key.Org, key.Repo) {
		if issue.Number == key.Number {
			return true
		}
	}
	return false
}

// recordOf is the comment with the record of an issue.
func (p *play) recordOf(key plugin.Key) string {
	for _, c := range p.sim.Issue(key.Org, key.Repo, key.Number).Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin && m.Kind == custody.KindRecord {
			return c.Body
		}
	}
	return ""
}
