package githubsim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" // #nosec G505 -- GitHub's old signature
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"net/http"
	"sync"
)

// Delivery is one webhook.
type Delivery struct {
	// ID is the X-GitHub-Delivery, Event the X-GitHub-Event.
	ID, Event string
	Body      []byte
	// Header has what GitHub sends except the signatures, which Post adds.
	Header http.Header
}

// SetWebhook sets the receiver of all webhooks, nil for none. It is called in the order of the events, one at a time,
// outside of the lock, before the acting method returns (or after the answer to a request was written), unless another
// goroutine is delivering already: then that one does. It may call back into g.
func (g *GitHub) SetWebhook(f func(Delivery)) {
	g.hookMu.Lock()
	defer g.hookMu.Unlock()
	g.hook = f
}

// Flush waits until all webhooks that were caused so far have been delivered. It must not be called from the receiver.
func (g *GitHub) Flush() {
	g.deliver()
	g.hookMu.Lock()
	defer g.hookMu.Unlock()
	for g.sending || (g.hook != nil && len(g.queue) > 0) {
		g.hookEnd.Wait()
	}
}

// deliver empties the queue. Only one goroutine does so at a time, which keeps the order.
func (g *GitHub) deliver() {
	g.hookMu.Lock()
	defer g.hookMu.Unlock()
	if g.sending {
		return
	}
	g.sending = true
	defer func() {
		g.sending = false
		g.hookEnd.Broadcast()
	}()
	for len(g.queue) > 0 {
		d, f := g.queue[0], g.hook
		g.queue = g.queue[1:]
		g.outside(f, d)
	}
}

// outside calls f without the lock, which the caller holds.
func (g *GitHub) outside(f func(Delivery), d Delivery) {
	g.hookMu.Unlock()
	defer g.hookMu.Lock()
	if f != nil {
		f(d)
	}
}

// Mailbox is a receiver that keeps deliveries until they are taken, so that a test can pass them on late, twice, in
// another order, or never.
type Mailbox struct {
	mu   sync.Mutex
	held []Delivery
}

// Receive is for SetWebhook.
func (m *Mailbox) Receive(d Delivery) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = append(m.held, d)
}

// Take gives what has come since the last Take, in order.
func (m *Mailbox) Take() []Delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.held
	m.held = nil
	return out
}

// changed is a value that is rendered when the webhook is made.
type changed func(v *view) obj

// emit queues a webhook: action, what extra and main give, repository, organization, installation and sender. An empty
// action is left out. The payload shows the objects as of now.
func (g *GitHub) emit(name string, r *repo, by *User, action string, extra obj, main func(v *view) obj) {
	g.hookMu.Lock()
	idle := g.hook == nil && g.opts.Record == nil
	g.hookMu.Unlock()
	if idle {
		return
	}
	v := g.hookView()
	body := main(v)
	for k, x := range extra {
		body[k] = v.any(x)
	}
	if action != "" {
		body["action"] = action
	}
	body["repository"] = v.hookRepo(r, name)
	body["organization"] = v.orgSimple(r.org)
	if by != nil {
		body["sender"] = v.user(by)
	}
	if a := g.installedOn(r.org); a != nil {
		body["installation"] = obj{"id": a.installations[r.org.Login], "node_id": nodeID("MDIzOk", a.installations[r.org.Login])}
	}
	g.enqueue(name, body)
}

func (g *GitHub) enqueue(name string, body obj) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic("githubsim: " + err.Error())
	}
	n := g.newID("delivery")
	d := Delivery{ID: fmt.Sprintf("%08x-5354-11ef-8000-%012x", n, n), Event: name, Body: raw, Header: http.Header{}}
	d.Header.Set("Content-Type", "application/json")
	d.Header.Set("User-Agent", "GitHub-Hookshot/5ee1c1d")
	d.Header.Set("X-GitHub-Delivery", d.ID)
	d.Header.Set("X-GitHub-Event", name)
	d.Header.Set("X-GitHub-Hook-ID", "1")
	d.Header.Set("X-GitHub-Hook-Installation-Target-Type", "repository")
	g.recordHook(d)
	g.hookMu.Lock()
	defer g.hookMu.Unlock()
	if g.hook != nil {
		g.queue = append(g.queue, d)
	}
}

func (v *view) any(x any) any {
	switch x := x.(type) {
	case *label:
		return v.label(x)
	case *milestone:
		return v.milestone(x)
	case *User:
		return v.user(x)
	case changed:
		return x(v)
	}
	return x
}

func (g *GitHub) ping(by *User, r *repo) {
	id := g.newID("hook")
	g.emit("ping", r, by, "", obj{"zen": "Keep it logically awesome.", "hook_id": id}, func(v *view) obj {
		hook := v.api + "/repos/" + r.full() + "/hooks/" + itoa(id)
		return obj{"hook": obj{"type": "Repository", "id": id, "name": "web", "active": true, "events": []string{"*"},
			"config":     obj{"content_type": "json", "insecure_ssl": "0", "url": v.html + "/hook"},
			"created_at": v.g.now(), "updated_at": v.g.now(), "url": hook, "test_url": hook + "/test",
			"ping_url": hook + "/pings", "deliveries_url": hook + "/deliveries",
			"last_response": obj{"code": nil, "status": "unused", "message": nil}}}
	})
}

// Post is a receiver that posts each delivery to url, signed with secret as GitHub does. What is not answered with 2xx is
// lost: GitHub redelivers nothing by itself. client nil means http.DefaultClient.
func Post(client *http.Client, url, secret string) func(Delivery) {
	if client == nil {
		client = http.DefaultClient
	}
	return func(d Delivery) {
		req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(d.Body))
		if err != nil {
			return
		}
		req.Header = d.Signed(secret)
		resp, err := client.Do(req)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// Signed is the header with X-Hub-Signature-256 and X-Hub-Signature for the secret.
func (d Delivery) Signed(secret string) http.Header {
	h := d.Header.Clone()
	sum := func(f func() hash.Hash) string {
		m := hmac.New(f, []byte(secret))
		m.Write(d.Body)
		return hex.EncodeToString(m.Sum(nil))
	}
	h.Set("X-Hub-Signature-256", "sha256="+sum(sha256.New))
	h.Set("X-Hub-Signature", "sha1="+sum(sha1.New))
	return h
}
