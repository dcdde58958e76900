package plugin

import (
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

// memory is what this process wrote and saw, to tell a stale read from a hand
// at work, and to restore a record from. Losing it at a restart costs nothing
// but those two.
type memory struct {
	mu      sync.Mutex
	records map[recordID]remembered
	written map[int64]writtenAt     // comments made by us
	gone    map[int64]bool          // comments whose deletion was delivered
	earlier map[recordID][]delivery // texts of records from edited and deleted deliveries, newest first
	listed  map[string]listed       // issues as a list had them, by key in lower case
	plain   map[Key]plainIssue      // issues that were read and have no record, by the local clock
	hushed  map[Key]bool            // pull requests whose note was deleted by somebody
	checked map[Key]int64           // comments that asked what is checked, whose answer was deleted by somebody
	asked   map[string]standingAt   // what GraphQL told of comments on pull requests
	others  map[int64]time.Time     // comments under our account that never were records, by their updated_at
	absent  map[Key]time.Time       // issues that were looked for and are not there, by the local clock
	tries   tries
	decided decisionTexts
	labels  map[labelID]bool  // whether a label was last put on or taken off by this process
	pending map[Key]time.Time // since when a blocking label is to go because of another issue
}

type writtenAt struct {
	key Key
	at  time.Time // GitHub's created_at
}

type recordID struct {
	key   Key
	cycle string
}

type remembered struct {
	log     custody.Log
	bodies  []string  // record and parts as last written or seen whole
	id      int64     // the record's comment
	updated time.Time // its updated_at then
}

type delivery struct {
	from string // "edited delivery", "deleted delivery"
	body string
}

func newMemory() *memory {
	return &memory{records: map[recordID]remembered{}, written: map[int64]writtenAt{}, gone: map[int64]bool{},
		earlier: map[recordID][]delivery{}, pending: map[Key]time.Time{}, others: map[int64]time.Time{}, absent: map[Key]time.Time{}, listed: map[string]listed{}, labels: map[labelID]bool{}, plain: map[Key]plainIssue{}, hushed: map[Key]bool{}, checked: map[Key]int64{}, asked: map[string]standingAt{}}
}

type labelID struct {
	key   Key
	label string
}

// labelling notes that a label is about to be put on or taken off, before GitHub
// can tell of it. undo is for when it was not.
func (m *memory) labelling(key Key, label string, on bool) (undo func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.labels) > 10*maxNoted {
		m.labels = map[labelID]bool{}
	}
	id := labelID{key, label}
	before, had := m.labels[id]
	m.labels[id] = on
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if delete(m.labels, id); had {
			m.labels[id] = before
		}
	}
}

// labelledSo reports whether this process itself made a label what it is.
func (m *memory) labelledSo(key Key, label string, on bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.labels[labelID{key, label}]
	return ok && was == on
}

func (m *memory) record(key Key, cycle string) (remembered, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[recordID{key, cycle}]
	return r, ok
}

// recordIn tells of which cycle's record a comment was when it was last seen.
func (m *memory) recordIn(key Key, comment int64) (cycle string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, r := range m.records {
		if id.key == key && r.id == comment {
			return id.cycle, true
		}
	}
	return "", false
}

// noteOthers notes that a comment under our account never was a record, as of its last edit.
func (m *memory) noteOthers(c Comment) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.others) > 10_000 {
		m.others = map[int64]time.Time{}
	}
	m.others[c.ID] = c.Updated
}

func (m *memory) isOthers(c Comment) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.others[c.ID]
	return ok && at.Equal(c.Updated)
}

func (m *memory) remember(key Key, cycle string, r remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records[recordID{key, cycle}] = r
	delete(m.earlier, recordID{key, cycle}) // older than what was seen whole
}

// wrote notes a comment that there is: this process made it, or a delivery told
// of it. A read that does not list it is of a replica that lags.
func (m *memory) wrote(key Key, id int64, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.written[id] = writtenAt{key, at}
	for old, w := range m.written {
		if at.Sub(w.at) > 10*time.Minute {
			delete(m.written, old)
		}
	}
}

// freshlyWritten lists the comments that were made on an issue within the last
// minute, as far as is known, and that nobody is known to have deleted.
func (m *memory) freshlyWritten(key Key, now time.Time) []int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []int64
	for id, w := range m.written {
		if w.key == key && now.Sub(w.at) < time.Minute && !m.gone[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// sawDeleted notes a deletion that was delivered.
func (m *memory) sawDeleted(id int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.gone) > 10_000 {
		m.gone = map[int64]bool{}
	}
	m.gone[id] = true
}

// maxEarlier bounds of how many records the texts from before are kept, maxNoted other
// things that somebody's hand makes us note.
const maxEarlier, maxNoted = 200, 10_000

// saw keeps the text of a record from before its edit or deletion.
func (m *memory) saw(key Key, cycle, from, body string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := recordID{key, cycle}
	m.earlier[id] = append([]delivery{{from, body}}, m.earlier[id]...)
	if len(m.earlier[id]) > 5 {
		m.earlier[id] = m.earlier[id][:5]
	}
	if len(m.earlier) > maxEarlier { // markers can be made up; those of records that hold are gone by then
		m.earlier = map[recordID][]delivery{id: m.earlier[id]}
	}
}

func (m *memory) earlierTexts(key Key, cycle string) []delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]delivery(nil), m.earlier[recordID{key, cycle}]...)
}

// settled notes that a blocking label is to be removed because of what another
// issue says, and reports since when that was seen. The label goes after a
// second look at least 30 s later (design, section 3).
func (m *memory) settled(key Key, now time.Time) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	since, ok := m.pending[key]
	if !ok {
		m.pending[key] = now
		return 0
	}
	return now.Sub(since)
}

func (m *memory) unsettled(key Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.pending, key)
}

// listed is an issue as it stood in a list.
type listed struct {
	work.Issue
	read  time.Time // local clock
	times int       // how often it will do
}

// maxListed is how old a list may be that a round still looks at.
const maxListed = time.Hour

// keepListed keeps an issue as listed for its next round.
func (m *memory) keepListed(i work.Issue) { m.keepListedFor(i, 1) }

// keepListedFor keeps an issue as listed for so many reads.
func (m *memory) keepListedFor(i work.Issue, times int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.listed) > maxNoted {
		for id, l := range m.listed {
			if time.Since(l.read) >= maxListed {
				delete(m.listed, id)
			}
		}
	}
	m.listed[strings.ToLower(i.Key.String())] = listed{i, time.Now(), times}
}

// forgetListed makes the next round read the issue, also one that was not there.
func (m *memory) forgetListed(key Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.listed, strings.ToLower(key.String()))
	delete(m.absent, key)
}

// takeListed gives an issue as listed, as often as it was kept for.
func (m *memory) takeListed(key Key) (work.Issue, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := strings.ToLower(key.String())
	l, ok := m.listed[id]
	if l.times--; l.times > 0 {
		m.listed[id] = l
	} else {
		delete(m.listed, id)
	}
	return l.Issue, ok && time.Since(l.read) < maxListed
}

// maxAbsent is for how long an issue that is not there is not looked for again.
const maxAbsent = 10 * time.Minute

// noteAbsent takes note of an issue that was looked for and is not there.
func (m *memory) noteAbsent(key Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for old, at := range m.absent {
		if time.Since(at) > maxAbsent {
			delete(m.absent, old)
		}
	}
	m.absent[key] = time.Now()
}

// isAbsent reports whether an issue was lately found not to be there.
func (m *memory) isAbsent(key Key) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.absent[key]
	return ok && time.Since(at) <= maxAbsent
}

// plainIssue is an issue without a record, as it was when it was read.
type plainIssue struct {
	Entry
	read time.Time // local clock
}

// notePlain keeps an issue without a record for a while: pull requests name many.
func (m *memory) notePlain(key Key, e Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for old, p := range m.plain {
		if time.Since(p.read) > maxAbsent {
			delete(m.plain, old)
		}
	}
	e.Issue.Body = ""
	m.plain[key] = plainIssue{e, time.Now()}
}

func (m *memory) plainIssue(key Key) (Entry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.plain[key]
	return p.Entry, ok && time.Since(p.read) <= maxAbsent
}

// hush notes that somebody deleted our note on a pull request.
func (m *memory) hush(key Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.hushed) > maxNoted {
		m.hushed = map[Key]bool{}
	}
	m.hushed[key] = true
}

func (m *memory) isHushed(key Key) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hushed[key]
}

// deletedAnswer notes that somebody deleted the answer to a /kep check.
func (m *memory) deletedAnswer(key Key, asking int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.checked) > maxNoted {
		m.checked = map[Key]int64{}
	}
	m.checked[key] = asking
}

func (m *memory) wasAnswered(key Key, asking int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.checked[key] == asking
}

// standingAt is what was told of a comment as of its updated_at.
type standingAt struct {
	Standing
	updated time.Time
}

func (m *memory) noteStanding(node string, updated time.Time, s Standing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.asked) > 50_000 {
		m.asked = map[string]standingAt{}
	}
	m.asked[node] = standingAt{s, updated}
}

func (m *memory) standing(node string, updated time.Time) (Standing, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.asked[node]
	return s.Standing, ok && !updated.IsZero() && s.updated.Equal(updated)
}
