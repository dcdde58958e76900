package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

const stationSecret = "webhook-secret-0123456789"

// station is all that serve needs to be built: a GitHub with the App installed, and its files.
type station struct {
	*testing.T
	sim     *githubsim.GitHub
	url     string
	dir     string
	app     *rsa.PrivateKey
	appID   int64
	log     *logrus.Logger
	out     *buffer
	private string // the signing key
}

// buffer is a log that is read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

const stationConfig = `repos:
  work:
    kubernetes/enhancements: {}
roles:
  sigs: [node]
  facilitator: [node-fac]
  lead: [node-lead]
  releaseLead: %s
  productManagement: [pm]
cycles:
- name: v1.38
  start: 2027-01-11
  end: 2027-04-14
`

func newStation(t *testing.T) *station {
	t.Helper()
	s := &station{T: t, dir: t.TempDir(), out: &buffer{}, sim: githubsim.New(githubsim.Options{BaseURL: "https://github.com"})}
	s.sim.AddOrg("kubernetes", "node-fac", "bot")
	s.sim.AddRepo("kubernetes", "enhancements", false)
	_, s.appID = s.sim.AddApp("steelthread", "kubernetes")
	server := httptest.NewServer(s.sim)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.app = rsaKey(t)
	s.sim.SetAppKey("steelthread", &s.app.PublicKey)
	s.write("app.pem", pemOf(s.app))
	s.write("config.yaml", fmt.Sprintf(stationConfig, "[rel-lead]"))
	s.write("hmac", stationSecret+"\n")
	s.write("token", githubsim.TokenFor("bot")+"\n")
	private, _, err := custody.GenerateKey(rand.Reader, "station")
	if err != nil {
		t.Fatal(err)
	}
	s.private = private
	s.write("key", private)
	logrus.SetOutput(io.Discard) // Prow's agent never ends, and complains of files that are gone after the test
	s.log = logrus.New()
	s.log.SetOutput(s.out)
	s.log.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true, DisableQuote: true, DisableColors: true})
	return s
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pemOf(key *rsa.PrivateKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

func (s *station) path(name string) string { return filepath.Join(s.dir, name) }

// write replaces a file at once, as the kubelet does.
func (s *station) write(name, text string) {
	s.Helper()
	if err := os.WriteFile(s.path(name+".new"), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	if err := os.Rename(s.path(name+".new"), s.path(name)); err != nil {
		s.Fatal(err)
	}
}

func (s *station) asApp() []string {
	return []string{fmt.Sprintf("--github-app-id=%d", s.appID), "--github-app-private-key-path=" + s.path("app.pem")}
}

// flags parses serve's command line.
func (s *station) flags(more ...string) *serveFlags {
	s.Helper()
	f := &serveFlags{}
	fs := flags("serve", io.Discard)
	f.register(fs)
	args := append([]string{"--config=" + s.path("config.yaml"), "--hmac-secret-file=" + s.path("hmac"), "--signing-key-path=" + s.path("key"),
		"--github-endpoint=" + s.url, "--github-graphql-endpoint=" + s.url + "/graphql"}, more...)
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		s.Fatalf("%v %v", rest, err)
	}
	return f
}
