package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/sirupsen/logrus"
	"sigs.k8s.io/prow/pkg/config/secret"
	"sigs.k8s.io/prow/pkg/logrusutil"

	"github.com/steelthread/steelthread/plugin/custody"
)

// Secrets are files. Prow's agent reads each anew within seconds of a change; what
// is made of them follows here. What cannot be used is said in the log, and the
// last good one stays in force.

// logTo sets the log up as Prow's components have it, with secrets censored.
func logTo(out io.Writer, levelName string) (*logrus.Logger, error) {
	level, err := logrus.ParseLevel(levelName)
	if err != nil {
		return nil, fmt.Errorf("--log-level: %w", err)
	}
	logrusutil.ComponentInit() // takes away the censoring that Prow's secret agent had put on
	log := logrus.StandardLogger()
	log.SetFormatter(censoring{log.Formatter})
	log.SetLevel(level)
	log.SetOutput(out)
	return log, nil
}

// censoring hides in the log what the files of secrets hold. Fields are looked at
// before they are written, since a key of several lines looks otherwise in JSON.
type censoring struct{ logrus.Formatter }

func (c censoring) Format(e *logrus.Entry) ([]byte, error) {
	clean := *e
	clean.Message, clean.Data = censored(e.Message), maps.Clone(e.Data)
	for name, value := range e.Data {
		switch v := value.(type) {
		case string:
			clean.Data[name] = censored(v)
		case error:
			clean.Data[name] = errors.New(censored(v.Error()))
		case fmt.Stringer:
			clean.Data[name] = censored(v.String())
		}
	}
	line, err := c.Formatter.Format(&clean)
	return secret.Censor(line), err
}

func censored(s string) string { return string(secret.Censor([]byte(s))) }

// noting tells the censor of each credential that is sent: tokens of an
// installation are in no file.
type noting struct {
	base http.RoundTripper
	mu   *sync.Mutex
	last map[string]bool
}

func newNoting(base http.RoundTripper) noting {
	return noting{base, &sync.Mutex{}, map[string]bool{}}
}

func (n noting) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, credential, ok := strings.Cut(req.Header.Get("Authorization"), " "); ok {
		n.note(credential)
	}
	return n.base.RoundTrip(req)
}

func (n noting) note(credential string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.last[credential] {
		return
	}
	if len(n.last) >= 16 { // more than are in use at once
		clear(n.last)
	}
	n.last[credential] = true
	secret.AddExpiringToken(credential, time.Now().Add(2*time.Hour)) // GitHub's are good for one
}

// appTransport acts as an installation of the App, with the key that its file holds
// now. A new key is taken once GitHub has given a token for it.
type appTransport struct {
	file  func() []byte
	build func(key []byte) (*ghinstallation.Transport, error)

	mu         sync.Mutex
	key, tried []byte
	again      time.Time // not before then the key that was tried is tried once more
	current    *ghinstallation.Transport
}

// RoundTrip implements http.RoundTripper.
func (t *appTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.now(req.Context()).RoundTrip(req)
}

func (t *appTransport) now(ctx context.Context) *ghinstallation.Transport {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := t.file()
	if bytes.Equal(key, t.key) || bytes.Equal(key, t.tried) && time.Now().Before(t.again) {
		return t.current
	}
	next, err := t.build(key)
	if err == nil {
		_, err = next.Token(ctx)
	}
	if err != nil {
		t.tried, t.again = key, time.Now().Add(time.Minute)
		logrus.WithError(err).Error("the new private key of the GitHub App does not work; the one before stays in force")
		return t.current
	}
	logrus.Info("the GitHub App has a new private key")
	t.key, t.tried, t.current = key, nil, next
	return next
}

// signing follows the files of the signing key and of the public keys of before.
type signing struct {
	read func() (private string, public []string, err error)
	keys *custody.Keys

	last string // what was last read, or why not
}

// signing reads the keys for the first time.
func (f *serveFlags) signing() (*signing, error) {
	if err := secret.Add(f.signingKey); err != nil {
		return nil, fmt.Errorf("--signing-key-path: %w", err)
	}
	private, public, err := f.signingFiles()
	if err != nil {
		return nil, err
	}
	keys, err := custody.NewKeys(private, public...)
	if err != nil {
		return nil, fmt.Errorf("--signing-key-path %s: %w", f.signingKey, err)
	}
	return &signing{read: f.signingFiles, keys: keys, last: joined(private, public)}, nil
}

// keys are those of signing, for what ends before a file changes.
func (f *serveFlags) keys() (*custody.Keys, error) {
	s, err := f.signing()
	if err != nil {
		return nil, err
	}
	return s.keys, nil
}

// signingFiles reads the private key and the public keys of before, as their files
// have them now.
func (f *serveFlags) signingFiles() (private string, public []string, err error) {
	if public, err = readAll(f.publicKeys); err != nil {
		return "", nil, fmt.Errorf("--public-key-paths: %w", err)
	}
	return strings.TrimSpace(string(secret.GetSecret(f.signingKey))), public, nil
}

func joined(private string, public []string) string {
	return strings.Join(append([]string{private}, public...), "\n")
}

// reload takes what the files say now, if that has changed. It is called every few
// seconds.
func (s *signing) reload(log logrus.FieldLogger) {
	private, public, err := s.read()
	now := joined(private, public)
	if err != nil {
		now = err.Error()
	}
	if now == s.last {
		return
	}
	s.last = now
	before, own := s.keys.Current(), s.keys.Public()
	if err == nil {
		err = s.keys.Rotate(private, public...)
	}
	if err != nil {
		log.WithError(err).Error("the new signing keys cannot be used; those before stay in force")
		return
	}
	log = log.WithField("signing-with", s.keys.Current())
	log.Info("the files of the signing keys were read anew")
	if s.keys.Current() != before && !slices.Contains(public, own) {
		log.WithField("public-key", own).Warn("what the key before has signed is known only until the next start: put its public key into a file of --public-key-paths")
	}
}
