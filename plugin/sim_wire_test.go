package plugin_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/work"
)

// lagHeader tells the stand-in how old the world is that a read sees.
const lagHeader = "X-Sim-Lag"

// callFaults are the faults of calls. Of a read only those that answer something else.
var callFaults = []string{failed, failedAfter, retryAfter, untilReset, bareLimit, cutOff, cutAfter, slowAnswer, noMore}

// unshared do not strike calls that are answered at once: those would take a time, and
// after a limit it would be chance which of the calls of the same moment is still made.
var unshared = []string{slowAnswer, noMore, retryAfter, untilReset, bareLimit}

// RoundTrip is the way of a process to GitHub. Each call takes a time of its own, so that
// no two happen at once and a seed gives the same run again.
func (p *process) RoundTrip(req *http.Request) (*http.Response, error) {
	r := p.run
	p.mu.Lock()
	name := req.Method + " " + req.URL.RequestURI()
	p.calls[name]++
	hash := mix(r.schedule.seed, uint64(p.server), uint64(p.life), spell(name), p.calls[name])
	p.mu.Unlock()
	if !shared(req) {
		if err := pause(req.Context(), 20*time.Millisecond+time.Duration(mix(hash, 1)%uint64(180*time.Millisecond))); err != nil {
			return nil, err
		}
	}
	if p.isDead() {
		return nil, errCrashed
	}
	writes := req.Method != http.MethodGet && !strings.HasSuffix(req.URL.Path, "/graphql")
	crash, early := p.doomed(hash)
	if early {
		p.kill(crash.long)
		return nil, errCrashed
	}
	before := r.labelled(req)
	resp, err := p.send(req, hash, writes)
	r.countMoves(req, before)
	if r.tooMany(p) {
		p.kill(0)
	}
	if writes {
		r.observe(p, req)
	}
	if crash.kind != "" {
		p.kill(crash.long)
	}
	if p.isDead() {
		if resp != nil {
			_ = resp.Body.Close()
		}
		return nil, errCrashed
	}
	return resp, err
}

// shared reports whether what is asked for is kept for all rounds, behind a lock: time
// does not go on in a bubble while somebody waits for a lock, so it is answered at once.
func shared(req *http.Request) bool {
	return !strings.Contains(req.URL.Path, "/issues")
}

// maxCalls is more than any schedule needs.
const maxCalls = 15_000

// tooMany counts the calls, and ends what does not come to rest.
func (r *run) tooMany(p *process) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out.calls++; r.out.calls == maxCalls {
		p.mu.Lock()
		defer p.mu.Unlock()
		r.failed("after %d calls server %d does not come to rest; it asked most often: %s", maxCalls, p.server, mostOften(p.calls))
	}
	return r.out.calls >= maxCalls
}

func mostOften(calls map[string]uint64) string {
	names := slices.SortedFunc(maps.Keys(calls), func(a, b string) int { return cmp.Compare(calls[b], calls[a]) })
	var list []string
	for _, name := range names[:min(6, len(names))] {
		list = append(list, fmt.Sprintf("%d %s", calls[name], name))
	}
	return strings.Join(list, ", ")
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// doomed reports whether the process dies at this call, and whether it does so before the
// call has its effect.
func (p *process) doomed(hash uint64) (fault, bool) {
	if !p.run.faulty {
		return fault{}, false
	}
	if n := p.crashDue(); n >= 0 && p.run.once(n) {
		return p.run.schedule.faults[n], mix(hash, 7)%2 == 0
	}
	return fault{}, false
}

// crashDue counts the call and finds the crash that waits for it, -1 for none.
func (p *process) crashDue() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all++
	now := time.Since(p.run.start)
	for n, f := range p.run.schedule.faults {
		if f.kind != crashes || f.server != p.server || now < f.from || now >= f.to {
			continue
		}
		at, waits := p.doom[n]
		if !waits {
			at = p.all + f.after
			p.doom[n] = at
		}
		if p.all == at {
			return n
		}
	}
	return -1
}

// once reports whether a crash has not struck yet.
func (r *run) once(n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.crashed[n]
	r.crashed[n] = true
	return !was
}

// send asks the stand-in, with what goes wrong.
func (p *process) send(req *http.Request, hash uint64, writes bool) (*http.Response, error) {
	r := p.run
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+p.bearer())
	if f, behind := r.strikes(mix(hash, 2), p.server, staleRead); behind && !writes {
		req.Header.Set(lagHeader, (time.Duration(mix(hash, 3)%uint64(f.long)).Truncate(time.Second) + time.Second).String())
	}
	f, wrong := r.strikes(mix(hash, 4), p.server, callFaults...)
	if !wrong || shared(req) && slices.Contains(unshared, f.kind) {
		return r.sim.Transport().RoundTrip(req)
	}
	if f.kind == slowAnswer || f.kind == noMore { // the answer is late, not the effect
		resp, err := r.sim.Transport().RoundTrip(req)
		if late := pause(req.Context(), answerTo(f).Delay); late != nil {
			if resp != nil {
				_ = resp.Body.Close()
			}
			return nil, late
		}
		return resp, err
	}
	return p.wrong(req, f)
}

// appToken is what the stand-in takes for the App's own token.
const appToken = "x.eyJpc3MiOiIxMSJ9.y"

// bearer is the token of the App's account, or one of its installation that ends after an
// hour, as GitHub's do.
func (p *process) bearer() string {
	if !p.run.schedule.hourly {
		return githubsim.TokenFor(botLogin)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Until(p.until) > time.Minute {
		return p.token
	}
	req, err := http.NewRequest(http.MethodPost, "https://api.github.com/app/installations/111/access_tokens", nil)
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer "+appToken)
	resp, err := p.run.sim.Transport().RoundTrip(req)
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var got struct {
		Token   string
		Expires time.Time `json:"expires_at"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || got.Token == "" {
		panic(fmt.Sprintf("no token: %d %v", resp.StatusCode, err))
	}
	p.token, p.until = got.Token, got.Expires
	return p.token
}

// wrong gives the answer of a fault.
func (p *process) wrong(req *http.Request, f fault) (*http.Response, error) {
	as := answerTo(f)
	if as.AfterEffect {
		resp, err := p.run.sim.Transport().RoundTrip(req)
		if err != nil {
			return nil, err
		}
		_ = resp.Body.Close()
	}
	if as.Drop {
		return nil, io.ErrUnexpectedEOF
	}
	h := http.Header{"Content-Type": {"application/json"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
	for k, v := range as.Header {
		h[k] = v
	}
	return &http.Response{StatusCode: as.Status, Status: http.StatusText(as.Status), Header: h, Body: io.NopCloser(strings.NewReader(as.Body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req}, nil
}

// lag is what the stand-in asks of a read.
func lag(req *http.Request) time.Duration {
	d, _ := time.ParseDuration(req.Header.Get(lagHeader))
	return d
}

// observe looks at the issue that was just written: whether, while it is open, a block that
// its record holds lacks its label.
func (r *run) observe(p *process, req *http.Request) {
	at, ok := r.written(req.URL.Path)
	if !ok {
		return
	}
	issue := r.sim.Issue(at.Org, at.Repo, at.Number)
	r.mu.Lock()
	defer r.mu.Unlock()
	has := slices.Contains(issue.Labels, work.LabelBlocked)
	if has {
		r.byHand[at] = false
	}
	if at == simIssues[0] || has || r.byHand[at] || issue.State == "closed" {
		return
	}
	log, n, err := r.record(issue)
	if err != nil || n != 1 {
		return
	}
	if blocks := work.Fold(at, log).OpenNotes(work.Block); len(blocks) > 0 {
		r.failed("%s: server %d left %s without plan/blocked though its record holds %s", time.Since(r.start), p.server, at, blocks[0].ID)
	}
}

// labelled gives the labels of the issue whose labels are about to be written.
func (r *run) labelled(req *http.Request) []string {
	at, ok := r.written(req.URL.Path)
	if !ok || req.Method == http.MethodGet || !strings.Contains(req.URL.Path, "/labels") {
		return nil
	}
	return r.sim.Issue(at.Org, at.Repo, at.Number).Labels
}

// countMoves counts the labels that a call moved.
func (r *run) countMoves(req *http.Request, before []string) {
	if req.Method == http.MethodGet || !strings.Contains(req.URL.Path, "/labels") {
		return
	}
	at, _ := r.written(req.URL.Path)
	after := r.labelled(req)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, label := range simLabels {
		if slices.Contains(before, label) != slices.Contains(after, label) {
			r.moved[at.String()+" "+label]++
		}
	}
}

// written finds the issue that a path is about.
func (r *run) written(path string) (plugin.Key, bool) {
	_, comment, edit := strings.Cut(path, "/issues/comments/")
	for _, key := range simIssues {
		switch {
		case !edit && strings.HasPrefix(path+"/", fmt.Sprintf("/repos/%s/%s/issues/%d/", key.Org, key.Repo, key.Number)):
			return key, true
		case edit && slices.ContainsFunc(r.sim.Issue(key.Org, key.Repo, key.Number).Comments, func(c githubsim.CommentSnapshot) bool { return strconv.FormatInt(c.ID, 10) == comment }):
			return key, true
		}
	}
	return plugin.Key{}, false
}

// record opens the record of an issue as it stands, and counts how many there are.
func (r *run) record(issue githubsim.IssueSnapshot) (custody.Log, int, error) {
	var bodies []string
	var identity custody.Identity
	n := 0
	for _, c := range issue.Comments {
		m, ok := custody.FindMarker(c.Body)
		if !ok || c.Author != botLogin || m.Kind != custody.KindRecord && m.Kind != custody.KindPart {
			continue
		}
		bodies = append(bodies, c.Body)
		if m.Kind == custody.KindRecord {
			n++
			header, err := r.keys.Verify(c.Body)
			if err != nil {
				return custody.Log{}, n, err
			}
			identity = header.Identity
		}
	}
	if n == 0 {
		return custody.Log{}, 0, nil
	}
	log, err := r.keys.Open(bodies, identity)
	return log, n, err
}

// simLabels are the labels of the bot.
var simLabels = func() (names []string) {
	for _, l := range config.Labels() {
		names = append(names, l.Name)
	}
	return names
}()
