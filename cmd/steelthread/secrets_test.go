package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

// logged is a station whose log is serve's own, at debug level.
func logged(t *testing.T) *station {
	t.Helper()
	s := newStation(t)
	log, err := logTo(s.out, "debug")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { logrus.SetOutput(io.Discard); logrus.SetLevel(logrus.InfoLevel) })
	s.log = log
	return s
}

// eventually waits for what follows a changed file. The limit is only reached when something is broken.
func (s *station) eventually(what string, there func() bool) {
	s.Helper()
	deadline := time.After(30 * time.Second)
	for !there() {
		select {
		case <-deadline:
			s.Fatalf("never: %s\n%s", what, s.out)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *station) serve(more ...string) *server {
	s.Helper()
	srv, err := s.flags(more...).build(s.Context(), s.log)
	if err != nil {
		s.Fatal(err)
	}
	return srv
}

// deliver posts a comment's delivery with the signature of a secret.
func (s *station) deliver(srv *server, secret string) int {
	d := githubsim.Delivery{Header: http.Header{}, Body: []byte(`{"action":"created","repository":{"full_name":"kubernetes/enhancements"},"issue":{"number":1},"comment":{"id":1,"body":"/commit"}}`)}
	d.Header.Set("X-GitHub-Event", "issue_comment")
	req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(d.Body))
	req.Header = d.Signed(secret)
	w := httptest.NewRecorder()
	srv.plugin.Handler().ServeHTTP(w, req)
	return w.Code
}

func TestWebhookSecretRotates(t *testing.T) {
	s := logged(t)
	srv := s.serve("--github-token-path=" + s.path("token"))
	if got := s.deliver(srv, stationSecret); got != http.StatusOK {
		t.Fatalf("the secret at start: %d", got)
	}
	const next = "webhook-secret-of-tomorrow"
	s.write("hmac", "'*':\n- value: "+stationSecret+"\n- value: "+next+"\n") // Prow's map, both for a while
	s.eventually("the new secret is taken", func() bool { return s.deliver(srv, next) == http.StatusOK })
	if got := s.deliver(srv, stationSecret); got != http.StatusOK {
		t.Errorf("the old secret, still in the file: %d", got)
	}
	s.write("hmac", next)
	s.eventually("the old secret is refused", func() bool { return s.deliver(srv, stationSecret) == http.StatusForbidden })
	if got := s.deliver(srv, next); got != http.StatusOK {
		t.Errorf("the new secret: %d", got)
	}
}

func TestTokenRotates(t *testing.T) {
	s := logged(t)
	number := s.sim.OpenIssue("node-fac", "kubernetes", "enhancements", "t", "")
	f := s.flags("--github-token-path="+s.path("token"), "--dry-run=false")
	client, _, err := f.connect(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.write("token", githubsim.TokenFor("node-fac"))
	s.eventually("a comment by the new account", func() bool {
		c, err := client.CreateComment(context.Background(), plugin.Key{Org: "kubernetes", Repo: "enhancements", Number: number}, "hello")
		return err == nil && c.Author.Login == "node-fac"
	})
}

// TestAppKeyRotates: a new key of the App is used as soon as GitHub takes it; one that does not work harms nothing.
func TestAppKeyRotates(t *testing.T) {
	s := logged(t)
	number := s.sim.OpenIssue("node-fac", "kubernetes", "enhancements", "t", "")
	f := s.flags(s.asApp()...)
	client, _, err := f.connect(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	read := func() bool {
		_, err := client.Issue(context.Background(), plugin.Key{Org: "kubernetes", Repo: "enhancements", Number: number})
		if err != nil {
			t.Errorf("a read failed: %v", err)
		}
		return err == nil
	}
	logged := func(text string) func() bool {
		return func() bool { return read() && strings.Contains(s.out.String(), text) }
	}
	read()
	s.write("app.pem", "-----BEGIN RSA PRIVATE KEY-----\nrubbish\n-----END RSA PRIVATE KEY-----\n")
	s.eventually("rubbish is told of", logged("could not parse private key"))
	s.write("app.pem", pemOf(rsaKey(t)))
	s.eventually("a key of another App is told of", logged("401"))
	tokens := func() int { return s.sim.Calls()["POST /app/installations/{id}/access_tokens 201"] }
	if tokens() != 1 {
		t.Errorf("tokens so far: %d, of %v", tokens(), s.sim.Calls())
	}
	next := rsaKey(t)
	s.sim.SetAppKey("steelthread", &next.PublicKey) // the stand-in checks every signature
	s.write("app.pem", pemOf(next))
	s.eventually("the new key is taken", logged("has a new private key"))
	if tokens() != 2 {
		t.Errorf("tokens with the new key: %d", tokens()-1)
	}
}

func TestSigningKeyRotates(t *testing.T) {
	for _, listed := range []bool{false, true} {
		t.Run(fmt.Sprintf("old public key listed %v", listed), func(t *testing.T) {
			s := logged(t)
			s.write("old.pub", "")
			more := []string{"--github-token-path=" + s.path("token")}
			if listed {
				_, other := pair(t, "other")
				s.write("old.pub", other)
				more = append(more, "--public-key-paths="+s.path("old.pub"))
			}
			srv := s.serve(more...)
			keys := srv.signing.keys
			own, name := keys.Public(), keys.Current()
			reload := func(want string) func() bool {
				return func() bool { srv.signing.reload(s.log); return strings.Contains(s.out.String(), want) }
			}
			srv.signing.reload(s.log)
			if strings.Contains(s.out.String(), "read anew") {
				t.Error("read anew, though nothing has changed")
			}
			s.write("key", "no key at all")
			s.eventually("what is no key is told of", reload("those before stay in force"))
			if keys.Current() != name {
				t.Errorf("signs with %s", keys.Current())
			}
			private, public := pair(t, "station-2")
			if listed {
				s.write("old.pub", own)
			}
			s.write("key", private)
			s.eventually("the new key signs", reload("read anew"))
			if keys.Public() != public {
				t.Errorf("signs with %s", keys.Current())
			}
			if got := strings.Contains(s.out.String(), own); got == listed {
				t.Errorf("asked for the old public key: %v\n%s", got, s.out)
			}
		})
	}
}

func pair(t *testing.T, name string) (private, public string) {
	t.Helper()
	private, public, err := custody.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

// secrets lists every text that must be in no log: whole secrets, the lines of keys, and what they are in base64.
func (s *station) secrets() map[string]string {
	out := map[string]string{
		"webhook secret": stationSecret, "token": githubsim.TokenFor("bot"), "token of an installation": "ghs_steelthread_",
		"signing key": strings.SplitN(s.private, "+", 5)[4][:40], // "PRIVATE+KEY+name+hash+base64", and "+" is a digit of base64, too
	}
	for i, line := range strings.Split(strings.TrimSpace(pemOf(s.app)), "\n") {
		if !strings.HasPrefix(line, "-----") {
			out[fmt.Sprint("line ", i, " of the App's key")] = line
		}
	}
	for what, text := range maps.Clone(out) {
		if len(text) >= 12 {
			out[what+", in base64"] = strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(text)), "=")[:12]
		}
	}
	return out
}

func (s *station) mustNotLeak(text string) {
	s.Helper()
	for what, secret := range s.secrets() {
		if strings.Contains(text, secret) {
			s.Errorf("the log holds the %s:\n%s", what, text)
		}
	}
}

// TestLogCensors: whatever is logged, secrets are not in it. Without the censor each of these lines would leak.
func TestLogCensors(t *testing.T) {
	s := logged(t)
	s.serve(s.asApp()...)
	noted := newNoting(http.DefaultTransport)
	noted.note("ghs_steelthread_77")
	s.log.Info("hello")
	for _, text := range []string{stationSecret, s.private, pemOf(s.app), "ghs_steelthread_77", base64.StdEncoding.EncodeToString([]byte(stationSecret))} {
		s.log.Debug("in a message: " + text)
		s.log.WithField("field", text).Info("in a field")
		s.log.WithError(fmt.Errorf("read: %w", errors.New(text))).Error("in an error")
		s.log.WithField("url", stringer(text)).Warn("in a Stringer")
	}
	s.mustNotLeak(s.out.String())
	for _, want := range []string{"hello", "in a field", "XXXXXXXX"} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, s.out)
		}
	}
}

type stringer string

func (s stringer) String() string { return string(s) }

// TestNoSecretInTheLog plays what goes wrong with secrets, at debug level.
func TestNoSecretInTheLog(t *testing.T) {
	s := logged(t)
	s.sim.OpenIssue("node-fac", "kubernetes", "enhancements", "t", "")
	s.sim.Comment("node-fac", "kubernetes", "enhancements", 1, "/commit v1.38 w1-2")
	srv := s.serve(append(s.asApp(), "--dry-run=false")...)
	if got := s.deliver(srv, "another secret"); got != http.StatusForbidden {
		t.Errorf("a signature that does not match: %d", got)
	}
	if got := s.deliver(srv, stationSecret); got != http.StatusOK {
		t.Errorf("a signature that matches: %d", got)
	}
	if err := srv.plugin.Load(t.Context()); err != nil {
		t.Error(err)
	}
	if err := srv.plugin.Reconciler.Reconcile(t.Context(), plugin.Key{Org: "kubernetes", Repo: "enhancements", Number: 1}); err != nil {
		t.Error(err)
	}
	s.write("key", s.private[:len(s.private)-3])
	s.eventually("a cut signing key is told of", func() bool {
		srv.signing.reload(s.log)
		return strings.Contains(s.out.String(), "those before stay in force")
	})

	// starts that fail
	whole := pemOf(s.app)
	for _, tc := range []struct {
		name, want string
		break_     func()
		args       []string
	}{
		{"the signing key is cut", "private key does not read", func() {}, s.asApp()},
		{"the App's key is cut", "could not parse private key", func() { s.write("key", s.private); s.write("app.pem", whole[:len(whole)/2]) }, s.asApp()},
		{"the App's key is another's", "401", func() { s.write("app.pem", whole); s.sim.SetAppKey("steelthread", &rsaKey(t).PublicKey) }, s.asApp()},
		{"the token is not taken", "401", func() { s.write("token", "token-bot.but.not") }, []string{"--github-token-path=" + s.path("token")}},
		{"the webhook secret is not there", "no such file", func() { _ = os.Remove(s.path("hmac")) }, []string{"--github-token-path=" + s.path("token")}},
	} {
		tc.break_()
		args := append([]string{"serve", "--log-level=debug", "--config=" + s.path("config.yaml"), "--hmac-secret-file=" + s.path("hmac"),
			"--signing-key-path=" + s.path("key"), "--github-endpoint=" + s.url}, tc.args...)
		var said buffer
		if code := run(t.Context(), args, io.Discard, &said); code != 1 || !strings.Contains(said.String(), tc.want) {
			t.Errorf("%s: exit code %d, no %q in\n%s", tc.name, code, tc.want, said.String())
		}
		s.mustNotLeak(said.String())
	}
	s.mustNotLeak(s.out.String())
	if !strings.Contains(s.out.String(), "delivery refused") {
		t.Errorf("the log does not hold what happened:\n%s", s.out)
	}
}
