package plugin

import (
	"maps"
	"sync"
	"time"
)

// tries is what this process tried on issues, so that nothing is tried, or
// said, too often. Losing it at a restart costs a few more tries.
type tries struct {
	mu      sync.Mutex
	shut    map[Key]time.Time   // issues that took no comment of ours, and when, by GitHub's Date
	told    map[Key][]time.Time // when an issue had others told of its asks, the last minute
	mute    map[int64]bool      // reviews that we may not react to
	unsure  map[Key]time.Time   // where a comment may have been made without our knowing, and when, by the local clock
	awaited map[Key]bool        // merged pull requests for which the issues that they lead to were awaited
	hidden  map[string]hiding   // configured repositories, by name
	unknown map[Key]int         // how often in a row an issue was not there that is not in the index
}

const (
	shutFor   = 24 * time.Hour // an issue that takes no comments is not tried again before
	askedSpan = time.Minute    // and
	askedMost = 10             // how many others one issue has told within it
	goneTries = 3              // a fresh issue may not have reached all of GitHub's replicas yet
)

// shuts notes that GitHub refused a comment on an issue.
func (t *tries) shuts(key Key, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shut == nil {
		t.shut = map[Key]time.Time{}
	}
	maps.DeleteFunc(t.shut, func(_ Key, at time.Time) bool { return now.Sub(at) >= shutFor })
	t.shut[key] = now
}

func (t *tries) isShut(key Key, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := t.shut[key]
	return ok && now.Sub(at) < shutFor
}

// unsures notes that a comment may have been made on an issue: its answer was lost.
func (t *tries) unsures(key Key) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unsure == nil {
		t.unsure = map[Key]time.Time{}
	}
	maps.DeleteFunc(t.unsure, func(_ Key, at time.Time) bool { return time.Since(at) >= settleTime })
	t.unsure[key] = time.Now()
}

// unsureFor is for how long a list may still lack that comment.
func (t *tries) unsureFor(key Key) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := t.unsure[key]
	if !ok {
		return 0
	}
	return settleTime - time.Since(at)
}

// tells notes that an issue had another one told.
func (t *tries) tells(from Key, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told == nil {
		t.told = map[Key][]time.Time{}
	}
	maps.DeleteFunc(t.told, func(_ Key, times []time.Time) bool { return at.Sub(times[len(times)-1]) >= askedSpan })
	t.told[from] = append(t.told[from], at)
}

// room is how many others an issue may have told now.
func (t *tries) room(from Key, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := askedMost
	for _, at := range t.told[from] {
		if now.Sub(at) < askedSpan {
			n--
		}
	}
	return max(0, n)
}

// missed counts that an issue was not there, and reports whether it is worth
// another look: webhooks may come before a replica has what they are about.
func (t *tries) missed(key Key) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unknown == nil || len(t.unknown) > 10_000 {
		t.unknown = map[Key]int{}
	}
	if t.unknown[key] >= goneTries {
		delete(t.unknown, key)
		return false
	}
	t.unknown[key]++
	return true
}

// found forgets that an issue was missed.
func (t *tries) found(key Key) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.unknown, key)
}

// awaits notes that the issues to which a merged pull request leads are awaited, and
// reports whether they were not before.
func (t *tries) awaits(pull Key) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.awaited == nil || len(t.awaited) > 10_000 {
		t.awaited = map[Key]bool{}
	}
	was := t.awaited[pull]
	t.awaited[pull] = true
	return !was
}

// hiding is whether a repository is private or gone, as of when, by the local clock.
type hiding struct {
	hidden bool
	at     time.Time
}

// hiddenFor is how long that is believed.
const hiddenFor = 5 * time.Minute

func (t *tries) hides(repo string, hidden bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hidden == nil {
		t.hidden = map[string]hiding{}
	}
	t.hidden[repo] = hiding{hidden, time.Now()}
}

func (t *tries) wasHidden(repo string) (hidden, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, ok := t.hidden[repo]
	return h.hidden, ok && time.Since(h.at) < hiddenFor
}

// mutes notes a comment or review that GitHub does not let us react to.
func (t *tries) mutes(comment int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mute == nil || len(t.mute) > 10_000 {
		t.mute = map[int64]bool{}
	}
	t.mute[comment] = true
}

func (t *tries) isMute(comment int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.mute[comment]
}
