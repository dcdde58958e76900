package main

import (
	"fmt"
	"sync"
)

// change is one thing that happened: on an issue, or, with an empty repo, to everything.
type change struct {
	Repo  string `json:"repo,omitempty"`  // "org/repo"
	Issue int    `json:"issue,omitempty"` // 0: the repository
	Bot   bool   `json:"bot,omitempty"`   // the bot did it
	What  string `json:"what,omitempty"`  // for people
}

func (c change) String() string { return fmt.Sprintf("%s#%d %s", c.Repo, c.Issue, c.What) }

// hub tells open pages, and the story, what changed. A listener that does not keep up misses changes; it is told less,
// never something wrong, as pages read anew whatever they show.
type hub struct {
	mu        sync.Mutex
	listeners map[chan change]bool
}

func newHub() *hub { return &hub{listeners: map[chan change]bool{}} }

func (h *hub) tell(c change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		select {
		case l <- c:
		default:
		}
	}
}

// listen gives the changes from now on, until stop is called.
func (h *hub) listen() (changes <-chan change, stop func()) {
	l := make(chan change, 64)
	h.mu.Lock()
	h.listeners[l] = true
	h.mu.Unlock()
	return l, func() {
		h.mu.Lock()
		delete(h.listeners, l)
		h.mu.Unlock()
	}
}
