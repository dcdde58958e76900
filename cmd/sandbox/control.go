package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v)
}

// state tells programs where the sandbox stands.
func (s *site) state(w http.ResponseWriter, _ *http.Request) {
	sent, lost, toLose := s.hook.counts()
	type token struct {
		Login string `json:"login"`
		Token string `json:"token"`
	}
	out := struct {
		Now    time.Time `json:"now"`
		Stage  string    `json:"stage"`
		Sent   int       `json:"deliveriesSent"`
		Lost   int       `json:"deliveriesLost"`
		ToLose int       `json:"deliveriesToLose"`
		Quiet  bool      `json:"quiet"` // nothing waits for the plugin, if it runs here
		Tokens []token   `json:"tokens"`
	}{Now: s.clock.now(), Stage: s.stage(s.clock.now()), Sent: sent, Lost: lost, ToLose: toLose, Quiet: s.quiet(calm)}
	out.Tokens = append(out.Tokens, token{botLogin, githubsim.TokenFor(botLogin)})
	for _, p := range s.people {
		out.Tokens = append(out.Tokens, token{p.Login, githubsim.TokenFor(p.Login)})
	}
	writeJSON(w, out)
}

// calls lists the requests so far, by "METHOD route status", and the writes of the bot.
func (s *site) calls(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{"calls": s.github.Calls(), "writes": s.github.WritesBy(botLogin)})
}

func (s *site) forgetCalls(w http.ResponseWriter, r *http.Request) {
	s.github.ResetCalls()
	s.calls(w, r)
}

// wrote shows what the bot wrote.
func (s *site) wrote(w http.ResponseWriter, r *http.Request) {
	writes, total, reads, free := s.bot.list()
	if s.plugin == nil {
		writes, total = s.writesElsewhere(), len(s.github.WritesBy(botLogin))
	}
	sent, lost, _ := s.hook.counts()
	data := struct {
		frame
		Writes                         []write
		Total, Reads, Free, Sent, Lost int
	}{s.frame(r, "What the bot did", "writes"), writes, total, reads, free, sent, lost}
	if r.URL.Query().Get("part") == "live" {
		s.show(w, http.StatusOK, "writes-live", data)
		return
	}
	s.show(w, http.StatusOK, "writes.html", data)
}

// writesElsewhere lists what a plugin in another process wrote, newest first, as far as the stand-in knows.
func (s *site) writesElsewhere() []write {
	var out []write
	for _, call := range slices.Backward(s.github.WritesBy(botLogin)) {
		method, path, _ := strings.Cut(call, " ")
		w := inWords(method, path, http.StatusOK, nil, nil)
		if w.Issue == 0 && w.Comment != 0 {
			w.Issue = s.issueOf(w.Repo, w.Comment)
		}
		if out = append(out, w); len(out) == keptWrites {
			break
		}
	}
	return out
}

// commands is the reference of all commands.
func (s *site) commands(w http.ResponseWriter, r *http.Request) {
	s.show(w, http.StatusOK, "commands.html", struct {
		frame
		Places []place
	}{s.frame(r, "Commands", "commands"), places(plugin.Commands())})
}

type place struct {
	Name     string
	Commands []plugin.Command
}

// places groups commands by where they may be said, in their order.
func places(commands []plugin.Command) []place {
	var out []place
	for _, c := range commands {
		if len(out) == 0 || out[len(out)-1].Name != c.Place {
			out = append(out, place{Name: c.Place})
		}
		last := &out[len(out)-1]
		last.Commands = append(last.Commands, c)
	}
	return out
}

// completion is one form of a command as the page completes it.
type completion struct {
	Verb     string   `json:"verb"`
	Usage    string   `json:"usage"`
	Summary  string   `json:"summary"`
	Who      string   `json:"who"`
	Place    string   `json:"place"`
	Examples []string `json:"examples"`
}

// completions lists every form of every command.
func completions() []completion {
	var out []completion
	for _, c := range plugin.Commands() {
		for _, f := range c.Forms {
			out = append(out, completion{c.Verb, f.Usage, f.Summary, f.Who, c.Place, f.Examples})
		}
	}
	return out
}

func (s *site) commandsJSON(w http.ResponseWriter, _ *http.Request) { writeJSON(w, completions()) }

// beat is how often an open stream says that it is there.
const beat = 20 * time.Second

// events tells a page what changed, as server-sent events.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "this server cannot stream", http.StatusInternalServerError)
		return
	}
	changes, stop := s.hub.listen()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprint(w, ": here\n\n")
	flusher.Flush()
	alive := time.NewTicker(beat)
	defer alive.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-s.stopped:
			return
		case <-alive.C:
			_, _ = fmt.Fprint(w, ": here\n\n")
		case c := <-changes:
			data, err := json.Marshal(c)
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(w, "data: %s\n\n", data)
		}
		flusher.Flush()
	}
}
