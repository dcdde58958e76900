package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// world is what GitHub said of one issue in one round. It is whole: a read
// that failed ended the round (design invariant 5).
type world struct {
	key      Key
	now      time.Time // GitHub's Date
	config   *config.Config
	repo     config.Repo
	github   Repository
	issue    work.Issue
	pull     *thread.Pull // nil for an issue
	plans    *Plans
	planning *planning // of a plan issue, else nil
	// asIndexed: of other issues only what the index has counts. What it does not have
	// is read in the round of the item that names it.
	asIndexed bool
	excepted  map[string][]work.PostedException // then: the decisions on exceptions, by cycle
	listed    bool                              // the issue is as a list had it
	comments  []Comment
	spoken    []spoken               // comments of others that hold commands, in order of (said, id)
	present   map[int64]string       // fingerprint of the command lines of every comment of others that is there
	records   map[string]*held       // by cycle
	past      map[string]custody.Log // records that are only read: of cycles that left the configuration, or are over and in pieces
	blind     []blindness            // records that cannot be read
	orphans   map[string][]Comment   // parts of a record that was not written yet, by cycle
	decided   map[string]*decisions  // by cycle
	replies   []reply                // our replies to refused lines
	newer     []int64                // comments of ours that a newer version wrote
	notices   map[string]int64       // keys of notices of ours that stand on the issue
	roles     *roles.Book
	speakable []string // repositories that may be named here, as configured
	lookup    lookup   // of a saved cycle, or to save it: who held a role; nil: roles tells
	keps      work.Catalogues
}

// spoken is a comment with what the scanner found in it.
type spoken struct {
	Comment
	found slash.Found
	words string // fingerprint of the command lines
	// edited is only known of comments that have a line without a verdict.
	edited bool
}

// held is the record of one cycle as found on the issue.
type held struct {
	log     custody.Log
	comment Comment   // zero if the record is gone
	parts   []Comment // further signed comments
	doubles []Comment // records beside the oldest
	mended  bool      // restored: what stands on the issue is not the log
	rebuilt bool      // nothing signed was left: receipts are made anew
}

// reply is one reply of ours to refused lines: its signed block holds them.
type reply struct {
	Comment
	author int64
	log    replyLog
}

// read gathers the world of one issue.
func (r *Reconciler) read(ctx context.Context, key Key) (*world, error) {
	cfg := r.Config()
	repo, ok := cfg.Repo(key.Repository())
	if !ok {
		return nil, nil
	}
	key.Org, key.Repo = splitRepo(repo.Name)
	w := &world{key: key, plans: r.Plans, config: cfg, repo: repo, records: map[string]*held{}, past: map[string]custody.Log{}, orphans: map[string][]Comment{}, notices: map[string]int64{}, present: map[int64]string{}, decided: map[string]*decisions{}}
	if c, is := planCycle(cfg, key); is {
		w.planning = &planning{cycle: c}
	}
	if err := r.readIssue(ctx, w); err != nil {
		return nil, err
	}
	if err := r.stale(w); err != nil {
		return nil, err
	}
	if err := r.sort(ctx, w); err != nil {
		return nil, err
	}
	return w, nil
}

// readIssue reads the issue and all its comments at the same time.
func (r *Reconciler) readIssue(ctx context.Context, w *world) error {
	var issueErr, repoErr error
	var group sync.WaitGroup
	if w.issue, w.listed = r.memory.takeListed(w.key); !w.listed {
		group.Go(func() { w.issue, issueErr = r.GitHub.Issue(ctx, w.key) })
	}
	group.Go(func() { w.github, repoErr = r.GitHub.Repository(ctx, w.key.Repository()) })
	var err error
	w.comments, w.now, err = r.GitHub.Comments(ctx, w.key)
	group.Wait()
	w.issue.Private = w.github.Private
	if err := errors.Join(issueErr, repoErr, err); err != nil || !w.issue.Pull {
		return err
	}
	return r.readPull(ctx, w)
}

// stale ends a round that was read from a replica which does not yet have what
// this process wrote.
func (r *Reconciler) stale(w *world) error {
	for _, id := range r.memory.freshlyWritten(w.key, w.now) {
		if !slices.ContainsFunc(w.comments, func(c Comment) bool { return c.ID == id }) {
			return &Wait{For: 2 * time.Second, Why: fmt.Sprintf("comment %d is not listed yet", id)}
		}
	}
	for _, c := range w.comments {
		if c.Author.ID != r.Self.ID {
			continue
		}
		if m, ok := custody.FindMarker(c.Body); ok && m.Kind == custody.KindRecord {
			mine, known := r.memory.record(w.key, m.Cycle)
			if known && mine.id == c.ID && c.Updated.Before(mine.updated) {
				return &Wait{For: 2 * time.Second, Why: "the record is listed as it was before the last write"}
			}
		}
	}
	return nil
}

// sort tells our comments from people's and opens what is signed.
func (r *Reconciler) sort(ctx context.Context, w *world) error {
	ours := map[string][]Comment{} // records and parts by cycle
	for _, c := range w.comments {
		m, marked := custody.FindMarker(c.Body)
		if !marked && c.Author.ID == r.Self.ID {
			var err error
			if m, marked, err = r.formerly(ctx, w, c); err != nil {
				return err
			}
		}
		if marked && c.Author.ID == r.Self.ID && r.decisionInDisguise(c, m) {
			m.Kind = custody.KindDecision
		}
		switch {
		case marked && c.Author.ID == r.Self.ID && (m.Kind == custody.KindRecord || m.Kind == custody.KindPart):
			cycle := r.cycleOf(w, c, m)
			ours[cycle] = append(ours[cycle], c)
		case marked && c.Author.ID == r.Self.ID && m.Kind == custody.KindDecision:
			w.sortDecision(c, m)
		case marked && c.Author.ID == r.Self.ID:
			r.sortNotice(w, c, m)
		case w.config.Bot(c.Author.Login):
		default:
			found := Scanner.Scan(c.Body)
			w.present[c.ID] = slash.Fingerprint(found.Lines)
			if len(found.Lines)+len(found.Near) > 0 {
				w.spoken = append(w.spoken, spoken{Comment: c, found: found, words: w.present[c.ID]})
			}
		}
	}
	slices.SortStableFunc(w.spoken, func(a, b spoken) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return int(min(1, max(-1, a.ID-b.ID)))
	})
	for _, c := range w.config.Calendar() {
		h, err := r.open(ctx, w, c.Name, ours[c.Name])
		if err != nil {
			return err
		}
		if h != nil {
			w.records[c.Name] = h
		}
	}
	r.openDecisions(w)
	if len(w.newer) > 0 {
		return leftAlone("comment %d was written by a newer version; this issue is left alone until that version is back", w.newer[0])
	}
	return r.readPast(ctx, w, ours)
}

// identity is what the record of a cycle is signed for.
func (w *world) identity(cycle string) custody.Identity {
	return custody.Identity{Repo: w.github.ID, Issue: w.issue.ID, Cycle: cycle}
}

// sortNotice takes note of a notice of ours. The block of a reply is signed; a
// reply whose block fails its check answers nobody.
func (r *Reconciler) sortNotice(w *world, c Comment, m custody.Marker) {
	w.notices[m.Key] = c.ID
	author, ok := replyTo(m.Key)
	if !ok {
		return
	}
	_, values, err := r.Keys.OpenJSON([]string{c.Body}, custody.KindNotice, w.identity(""))
	one := reply{Comment: c, author: author}
	if errors.Is(err, custody.ErrNewer) || err == nil && (len(values) != 1 || work.ReadStrict(values[0], &one.log) != nil) {
		w.newer = append(w.newer, c.ID)
	}
	if err != nil || len(w.newer) > 0 {
		return
	}
	for _, id := range one.log.Changed {
		w.notices[changedKey(id)] = c.ID
	}
	for _, id := range one.log.Warned {
		w.notices[warnedKey(id)] = c.ID
	}
	for _, receipt := range one.log.Refused {
		w.notices[refusedKey(receipt.Comment)] = c.ID
	}
	w.replies = append(w.replies, one)
}

// open gives the record of one cycle, restored if it fails its check, nil if
// there is none.
func (r *Reconciler) open(ctx context.Context, w *world, cycle string, comments []Comment) (*held, error) {
	h, bodies := sortHeld(comments)
	mine, known := r.memory.record(w.key, cycle)
	if h.comment.ID == 0 && !known && len(r.memory.earlierTexts(w.key, cycle)) == 0 {
		w.orphans[cycle] = h.parts
		return nil, nil
	}
	var err error
	h.log, err = r.Keys.Open(bodies, w.identity(cycle))
	if err == nil && (!known || h.log.Seq >= mine.log.Seq) {
		r.observe(w.identity(cycle), nil)
		r.memory.remember(w.key, cycle, remembered{log: h.log, bodies: bodies, id: h.comment.ID, updated: h.comment.Updated})
		if known && !h.log.SameContent(mine.log) {
			return nil, &Wait{For: retryGone, Why: "another process wrote the record, or is still at it; it is read again first"}
		}
		return h, nil
	}
	return r.restore(ctx, w, cycle, h, bodies, err)
}

// sortHeld tells a record, its doubles and its parts.
func sortHeld(comments []Comment) (h *held, bodies []string) {
	h = &held{}
	for _, c := range comments { // ascending by id: the oldest record stays
		bodies = append(bodies, c.Body)
		m, _ := custody.FindMarker(c.Body)
		switch {
		case m.Kind == custody.KindPart:
			h.parts = append(h.parts, c)
		case h.comment.ID == 0:
			h.comment = c
		default:
			h.doubles = append(h.doubles, c)
		}
	}
	return h, bodies
}

func splitRepo(name string) (org, repo string) {
	for i := range name {
		if name[i] == '/' {
			return name[:i], name[i+1:]
		}
	}
	return "", name
}
