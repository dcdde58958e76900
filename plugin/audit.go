package plugin

import (
	"context"
	"fmt"
	"io"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Audit checks every record of ours on an issue with public keys alone and
// holds the receipts against the comments as they stand now. It reports what it
// found to out; the error says that something does not hold.
func Audit(ctx context.Context, c *Client, self Account, keys *custody.Keys, key Key, out io.Writer) error {
	issue, err := c.Issue(ctx, key)
	if err != nil {
		return err
	}
	repo, err := c.Repository(ctx, key.Repository())
	if err != nil {
		return err
	}
	comments, _, err := c.Comments(ctx, key)
	if err != nil {
		return err
	}
	words := map[int64]string{}
	bodies := map[string][]string{}
	for _, comment := range comments {
		words[comment.ID] = slash.Fingerprint(Scanner.Scan(comment.Body).Lines)
		m, ok := custody.FindMarker(comment.Body)
		if ok && comment.Author.ID == self.ID && (m.Kind == custody.KindRecord || m.Kind == custody.KindPart) {
			bodies[m.Cycle] = append(bodies[m.Cycle], comment.Body)
		}
	}
	if len(bodies) == 0 {
		fmt.Fprintf(out, "%s: no record of %s\n", key, self.Login)
		return nil
	}
	bad := 0
	for cycle, texts := range bodies {
		log, err := keys.Open(texts, custody.Identity{Repo: repo.ID, Issue: issue.ID, Cycle: cycle})
		if err != nil {
			bad++
			fmt.Fprintf(out, "%s %s: %v\n", key, cycle, err)
			continue
		}
		fmt.Fprintf(out, "%s %s: whole, version %d, %d comments with commands, %d merges, signed by %s\n", key, cycle, log.Seq, len(log.Receipts), len(log.Merges), log.SignedBy)
		AuditLog(log, func(r custody.Receipt) custody.Standing {
			now, present := words[r.Comment]
			return r.Standing(present, now)
		}, out)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d records do not hold", bad, len(bodies))
	}
	return nil
}

// AuditLog writes one line for each command and each merge of a log. standing says what became
// of a receipt's comment; nil if only the record is at hand.
func AuditLog(log custody.Log, standing func(custody.Receipt) custody.Standing, out io.Writer) {
	for _, r := range log.Receipts {
		note := ""
		if standing != nil && standing(r) != custody.StandingKept {
			note = ", comment " + string(standing(r)) + " since"
		}
		if r.Rebuilt {
			note += ", receipt rebuilt"
		}
		for _, l := range r.Lines {
			fmt.Fprintf(out, "  %s comment %d line %d by %s: %s%s\n", r.Said.UTC().Format("2006-01-02 15:04:05"), r.Comment, l.N, r.Login, verdictWords(l), note)
		}
	}
	for _, m := range log.Merges {
		fmt.Fprintf(out, "  %s merged %s#%d as %s: %s, by %s, %s\n", m.At.UTC().Format("2006-01-02 15:04:05"), m.Repo, m.Number, m.Commit, m.Verdict, m.By, orWords(m.KEP, "no KEP"))
	}
}
