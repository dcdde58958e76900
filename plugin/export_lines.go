package plugin

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/saved"
	"github.com/steelthread/steelthread/plugin/work"
)

// What stands in the lines of a saved cycle, and back.

func (s *saving) issue(key Key, e Entry) {
	i := e.Issue
	s.file.Issues = append(s.file.Issues, saved.Issue{Key: saved.Key{Key: key}, ID: i.ID, Title: i.Title, Body: i.Body, Author: i.Author,
		Assignees: i.Assignees, Labels: i.Labels, Milestone: i.Milestone, Closed: i.Closed, StateReason: i.StateReason,
		ClosedAt: i.ClosedAt.UTC(), Pull: i.Pull, Merged: i.Merged, Private: i.Private, SIG: e.SIG, KEP: e.KEP})
}

func readIssueLine(i saved.Issue) work.Issue {
	return work.Issue{Key: i.Key.Key, ID: i.ID, Title: i.Title, Body: i.Body, Author: i.Author, Assignees: i.Assignees, Labels: i.Labels,
		Milestone: i.Milestone, Closed: i.Closed, StateReason: i.StateReason, ClosedAt: i.ClosedAt, Pull: i.Pull, Merged: i.Merged, Private: i.Private}
}

// record takes what was accepted on an issue, and the signed blocks that say so.
// standing may be nil.
func (s *saving) record(key Key, cycle string, log custody.Log, standing func(custody.Receipt) custody.Standing) {
	log.Sort()
	r := saved.Record{Key: saved.Key{Key: key}, Cycle: cycle, Seq: log.Seq, Told: log.Told, Merges: log.Merges}
	for _, receipt := range log.Receipts {
		one := saved.Receipt{Receipt: receipt}
		if standing != nil {
			one.Standing = standing(receipt)
		}
		r.Receipts = append(r.Receipts, one)
	}
	s.file.Records = append(s.file.Records, r)
	if known, ok := s.r.memory.record(key, cycle); ok {
		for _, body := range known.bodies {
			s.blocks(key, cycle, body)
		}
	}
	for _, text := range s.r.memory.decided.list(key) {
		if text.cycle == cycle {
			s.blocks(key, cycle, text.body)
		}
	}
}

func logOf(r saved.Record) custody.Log {
	log := custody.Log{Identity: custody.Identity{Cycle: r.Cycle}, Seq: r.Seq, Told: r.Told, Merges: r.Merges}
	for _, receipt := range r.Receipts {
		log.Receipts = append(log.Receipts, receipt.Receipt)
	}
	return log
}

// blocks takes the signed blocks of a comment, each once.
func (s *saving) blocks(key Key, cycle, body string) {
	for _, block := range custody.Blocks(body) {
		if id := key.String() + "\n" + block; !s.signed[id] {
			s.signed[id] = true
			s.file.Signed = append(s.file.Signed, saved.Signed{Key: saved.Key{Key: key}, Cycle: cycle, Block: block})
		}
	}
}

func (s *saving) decision(key Key, cycle string, comment int64, at time.Time, values []json.RawMessage) {
	s.file.Decisions = append(s.file.Decisions, saved.Decision{Key: saved.Key{Key: key}, Cycle: cycle, Comment: comment, At: at.UTC(), Values: values})
}

// catalogues takes the KEPs that the issues name; of a number that no KEP has, those
// that may have been meant.
func (s *saving) catalogues() {
	for _, repo := range slices.Sorted(maps.Keys(s.w.keps)) {
		s.file.Catalogues = append(s.file.Catalogues, saved.Catalogue{Repo: repo})
		paths := map[string]kep.KEP{}
		for ref := range s.named() {
			if ref.Repo == repo {
				found := s.w.keps[repo].Find(ref.Number)
				if len(found) == 0 {
					found = s.w.keps[repo].Near(ref.Number)
				}
				for _, k := range found {
					paths[k.Path] = k
				}
			}
		}
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			s.file.KEPs = append(s.file.KEPs, kepLine(repo, paths[path]))
		}
	}
}

// named gathers the KEPs that the saved issues belong to.
func (s *saving) named() map[kep.Ref]bool {
	refs := map[kep.Ref]bool{}
	for _, i := range s.file.Issues {
		e, _ := s.r.Index.Get(i.Key.Key)
		repo, _ := s.w.config.Repo(i.Key.Repository())
		refs[e.KEP] = true
		for _, c := range s.cycles {
			ref, _ := work.ParentKEP(e.Items[c.Name], e.Issue, repo.KEPs)
			refs[ref] = true
		}
	}
	delete(refs, kep.Ref{})
	return refs
}

func kepLine(repo string, k kep.KEP) saved.KEP {
	return saved.KEP{Repo: repo, Number: k.Ref.Number, Declared: k.Declared, Path: k.Path, Title: k.Title, SIG: k.SIG, Participating: k.Participating,
		Status: k.Status, Stage: k.Stage, LatestMilestone: k.LatestMilestone, Milestones: k.Milestones, Authors: k.Authors, Approvers: k.Approvers, FeatureGates: k.FeatureGates}
}

func kepOf(k saved.KEP) kep.KEP {
	return kep.KEP{Ref: kep.Ref{Repo: k.Repo, Number: k.Number}, Declared: k.Declared, Path: k.Path, Title: k.Title, SIG: k.SIG, Participating: k.Participating,
		Status: k.Status, Stage: k.Stage, LatestMilestone: k.LatestMilestone, Milestones: k.Milestones, Authors: k.Authors, Approvers: k.Approvers, FeatureGates: k.FeatureGates}
}
