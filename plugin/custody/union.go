package custody

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Union returns the union of two logs of one identity: of a doubled record, or of
// two writers. Its result does not depend on order or repetition: Union(a, b) =
// Union(b, a), Union(a, Union(b, c)) = Union(Union(a, b), c), Union(a, a) = a for a
// log in normal form ([Log.Sort]). The rules:
//
//   - A receipt made from the comment at first sight wins over a rebuilt one, whole.
//   - Else their lines are united. Of two verdicts on one line an accepted one wins
//     over a refused one, then the lower id, then the lower text of the fields.
//   - Of two accounts of author, time and words the earlier, then the lower wins.
//   - An id stands for one line only. The line said first keeps it; the others get
//     the lowest numbers that no line was ever given, and remember in Given what
//     they had. The result is a function of all ids first given, hence associative.
//   - Of two merge receipts of one pull request the one merged first wins, then the
//     lower text of the fields.
//   - The higher (Seq, Prev) is kept.
//
// Logs of different identity do not merge: a is returned unchanged.
func Union(a, b Log) Log {
	if a.Identity != b.Identity {
		return a
	}
	out := Log{
		Identity: a.Identity,
		Seq:      a.Seq, Prev: a.Prev,
		Merges:   joinMerges(slices.Concat(a.Merges, b.Merges)),
		Told:     sortedSet(slices.Concat(a.Told, b.Told)),
		SignedBy: a.SignedBy,
		Resign:   a.Resign || b.Resign,
		Merged:   a.Merged || b.Merged,
	}
	if cmp.Or(cmp.Compare(b.Seq, a.Seq), cmp.Compare(b.Prev, a.Prev)) > 0 {
		out.Seq, out.Prev = b.Seq, b.Prev
	}
	if a.SignedBy != b.SignedBy {
		out.SignedBy = ""
	}
	rs := joinReceipts(slices.Concat(asGiven(a.Receipts), asGiven(b.Receipts)))
	number(rs)
	out.Receipts = rs
	return out
}

// asGiven returns the receipts with the ids that their lines were first given.
func asGiven(rs []Receipt) []Receipt {
	out := slices.Clone(rs)
	for i := range out {
		out[i].Lines = slices.Clone(out[i].Lines)
		for j, x := range out[i].Lines {
			if x.Given != "" {
				out[i].Lines[j].ID, out[i].Lines[j].Given = x.Given, ""
			}
		}
	}
	return out
}

// number gives every id to one line only. rs is sorted and its ids are as first
// given; it is changed in place.
func number(rs []Receipt) {
	used := map[string]bool{}
	for _, r := range rs {
		for _, x := range r.Lines {
			used[x.ID] = true
		}
	}
	taken := map[string]bool{}
	for i := range rs {
		for j, x := range rs[i].Lines {
			if x.ID == "" {
				continue
			}
			if taken[x.ID] {
				id := free(used, x.ID)
				rs[i].Lines[j].ID, rs[i].Lines[j].Given = id, x.ID
				used[id] = true
				continue
			}
			taken[x.ID] = true
		}
	}
}

// free returns the lowest unused id with the prefix of id: the id less its number.
func free(used map[string]bool, id string) string {
	prefix := strings.TrimRight(id, "0123456789")
	for n := 1; ; n++ {
		if next := prefix + strconv.Itoa(n); !used[next] {
			return next
		}
	}
}

// joinReceipts returns receipts and their lines in normal form, in slices of their
// own: sorted, and those of one comment joined into one.
func joinReceipts(rs []Receipt) []Receipt {
	if len(rs) == 0 {
		return nil
	}
	at := make(map[int64]int, len(rs))
	out := make([]Receipt, 0, len(rs))
	for _, r := range rs {
		r.Said = r.Said.UTC().Truncate(time.Second)
		r.Login, r.Words = utf8Only(r.Login), utf8Only(r.Words)
		if i, ok := at[r.Comment]; ok {
			out[i] = joinReceipt(out[i], r)
			continue
		}
		at[r.Comment] = len(out)
		out = append(out, r)
	}
	for i := range out {
		out[i].Lines = joinLines(out[i].Lines)
	}
	slices.SortFunc(out, bySaid)
	return out
}

// joinReceipt joins two receipts of one comment, without sorting the lines.
func joinReceipt(a, b Receipt) Receipt {
	if a.Rebuilt != b.Rebuilt {
		if a.Rebuilt {
			return b
		}
		return a
	}
	lines := slices.Concat(a.Lines, b.Lines)
	if compareAccounts(b, a) < 0 {
		a = b
	}
	a.Lines = lines
	return a
}

func compareAccounts(a, b Receipt) int {
	return cmp.Or(
		a.Said.Compare(b.Said),
		cmp.Compare(a.Author, b.Author),
		cmp.Compare(a.Login, b.Login),
		cmp.Compare(a.Words, b.Words),
	)
}

// joinLines returns lines by number, of each number the one that wins.
func joinLines(lines []Line) []Line {
	if len(lines) == 0 {
		return nil
	}
	out := slices.Clone(lines)
	for i, x := range out {
		if x.Refused != "" {
			x = Line{N: x.N, Refused: x.Refused}
		}
		for _, s := range []*string{&x.Command, &x.Role, &x.SIG, &x.Source, &x.ID, &x.Given, &x.Refused} {
			*s = utf8Only(*s)
		}
		out[i] = x
	}
	slices.SortFunc(out, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.N, b.N), compareVerdicts(a, b))
	})
	return slices.CompactFunc(out, func(a, b Line) bool { return a.N == b.N })
}

// compareVerdicts is a total order on verdicts of one line; the lowest wins.
func compareVerdicts(a, b Line) int {
	return cmp.Or(
		cmp.Compare(a.Refused, b.Refused), // "" is accepted, and lowest
		compareIDs(a.ID, b.ID),
		compareIDs(a.Given, b.Given),
		cmp.Compare(a.Command, b.Command),
		cmp.Compare(a.Role, b.Role),
		cmp.Compare(a.SIG, b.SIG),
		cmp.Compare(a.Source, b.Source),
	)
}

// compareIDs orders Q2 before Q10, and any id before none.
func compareIDs(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(len(b), len(a))
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// utf8Only replaces what is not UTF-8 as encoding/json does, so that a log is the
// same before and after it was written.
func utf8Only(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
