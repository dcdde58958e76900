package plugin_test

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// stage is the way of one process to GitHub: it speaks as the bot, meets the
// mishaps of the script, and in crash mode kills the process after a write.
type stage struct {
	play *play
	inst *instance
}

var errCrashed = errors.New("the process crashed")

// RoundTrip implements http.RoundTripper.
func (s *stage) RoundTrip(req *http.Request) (*http.Response, error) {
	if s.inst.dead {
		return nil, errCrashed
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+githubsim.TokenFor(botLogin))
	resp, err := s.play.sim.Transport().RoundTrip(req)
	wrote := req.Method != http.MethodGet && (!strings.HasSuffix(req.URL.Path, "/graphql") || strings.Contains(said(req), `"mutation(`))
	if err == nil && !wrote && resp.StatusCode != http.StatusNotModified {
		s.play.stageMu.Lock()
		s.play.costly = append(s.play.costly, req.Method+" "+req.URL.RequestURI())
		s.play.stageMu.Unlock()
	}
	if s.play.mode == crash && wrote && err == nil && resp.StatusCode < 300 {
		_ = resp.Body.Close()
		s.inst.dead = true
		return nil, errCrashed
	}
	return resp, err
}

// said is the body of a request.
func said(req *http.Request) string {
	if req.GetBody == nil {
		return ""
	}
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	text, _ := io.ReadAll(body)
	return string(text)
}

// mishap is an answer other than the true one, for a number of requests.
type mishap struct {
	status int
	times  int // -1: for good
	after  bool
	method string
	part   string // of the path
}

func (p *play) happen(r *http.Request) *githubsim.Fault {
	for _, m := range p.faults {
		if m.times == 0 || r.Method != m.method || !strings.Contains(r.URL.Path, m.part) {
			continue
		}
		if m.times > 0 {
			m.times--
		}
		return &githubsim.Fault{Status: m.status, AfterEffect: m.after, Body: `{"message":"as the script says"}`}
	}
	return nil
}
