package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// hook takes the webhooks of the stand-in: it passes them on, or loses them when it was told to, and tells open pages.
type hook struct {
	hub *hub

	mu   sync.Mutex
	next func(githubsim.Delivery)
	drop int
	sent int
	lost int
	last time.Time // of the last delivery, by the wall clock
}

func (h *hook) to(next func(githubsim.Delivery)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next = next
}

// lose makes the next n deliveries go nowhere, as when a server is away: GitHub redelivers nothing.
func (h *hook) lose(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop = max(0, n)
}

func (h *hook) counts() (sent, lost, toLose int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sent, h.lost, h.drop
}

// idle is how long nothing was delivered, by the wall clock.
func (h *hook) idle() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Since(h.last)
}

func (h *hook) deliver(d githubsim.Delivery) {
	h.mu.Lock()
	h.last = time.Now()
	next, lost := h.next, h.drop > 0
	if lost {
		h.drop--
		h.lost++
	} else {
		h.sent++
	}
	h.mu.Unlock()
	if next != nil && !lost {
		next(d)
	}
	h.hub.tell(changeOf(d))
}

// changeOf reads where something happened out of a webhook.
func changeOf(d githubsim.Delivery) change {
	var wire struct {
		Repository struct {
			FullName string `json:"full_name"`
		}
		Issue       struct{ Number int }
		PullRequest struct{ Number int } `json:"pull_request"`
		Sender      struct{ Login string }
	}
	if err := json.Unmarshal(d.Body, &wire); err != nil {
		return change{}
	}
	return change{Repo: wire.Repository.FullName, Issue: max(wire.Issue.Number, wire.PullRequest.Number), Bot: wire.Sender.Login == botLogin}
}

// inProcess hands deliveries to a handler, signed.
func inProcess(to http.Handler, secret string) func(githubsim.Delivery) {
	return func(d githubsim.Delivery) {
		req, err := http.NewRequest(http.MethodPost, "/", bytes.NewReader(d.Body))
		if err != nil {
			return
		}
		req.Header = d.Signed(secret)
		to.ServeHTTP(nobody{}, req)
	}
}

// nobody takes an answer that is not looked at: GitHub does not act on it either.
type nobody struct{}

func (nobody) Header() http.Header         { return http.Header{} }
func (nobody) Write(p []byte) (int, error) { return len(p), nil }
func (nobody) WriteHeader(int)             {}

// secretOf reads the secret to sign with out of Prow's HMAC file: one token, or a map from "*", org or org/repo to values,
// of which the first of "*", else of the first name, is taken.
func secretOf(file []byte) string {
	text := strings.TrimSpace(string(file))
	var byRepo map[string][]struct {
		Value string `json:"value"`
	}
	if yaml.Unmarshal([]byte(text), &byRepo) != nil || len(byRepo) == 0 {
		return text
	}
	first := ""
	for name, values := range byRepo {
		if len(values) > 0 && (name == "*" || first == "" || name < first && first != "*") {
			first = name
		}
	}
	if first == "" {
		return ""
	}
	return strings.TrimSpace(byRepo[first][0].Value)
}
