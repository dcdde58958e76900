package plugin

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // only for old senders, behind a flag
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"
	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
)

// maxDelivery is GitHub's cap on a webhook payload.
const maxDelivery = 25 << 20

// Nobody is believed before the whole body was read. What strangers can make the
// process hold is bounded: so many bodies above this size are read at once.
const (
	largeDelivery = 1 << 20
	largeAtOnce   = 16
)

// Server takes webhook deliveries, as Prow's hook forwards them or as GitHub
// sends them. It checks the signature, gets the keys out and answers; the work
// is the queue's. A delivery that says nothing to us is answered 200 as well:
// hook drops what is not 2xx, and GitHub redelivers nothing.
type Server struct {
	Config    func() *config.Config
	Secrets   func() []byte // the HMAC secret file as it is now
	AllowSHA1 bool
	Index     *Index
	Enqueue   func(Key)
	Soon      func(Key) // a little later, for what comes in bursts
	Pushed    func(Push)
	Relabeled func(repo string)
	Self      Account
	Metrics   *Metrics
	Log       logrus.FieldLogger
	Plans     *Plans
	memory    *memory
	large     chan struct{} // holds one for each large body being read

	mu     sync.Mutex
	file   []byte // the secret file as last read, and what it says
	values []string
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	event := req.Header.Get("X-GitHub-Event")
	counted := event
	if event != "ping" && !slices.Contains(Events, event) {
		counted = "other" // strangers must not make up series
	}
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "send webhooks by POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := s.body(w, req)
	if err != nil {
		s.Metrics.delivery(counted, "unread")
		http.Error(w, "the delivery could not be read whole", http.StatusBadRequest)
		return
	}
	if err := s.authenticate(req.Header, body); err != nil {
		s.Metrics.delivery(counted, "refused")
		s.Log.WithField("event", event).WithError(err).Warn("delivery refused")
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	s.Metrics.delivery(counted, s.take(event, body))
}

// body reads a delivery whole. Large ones wait for one another, and so do those
// that do not say how large they are.
func (s *Server) body(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	if req.ContentLength < 0 || req.ContentLength > largeDelivery {
		select {
		case s.large <- struct{}{}:
			defer func() { <-s.large }()
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	return io.ReadAll(http.MaxBytesReader(w, req.Body, maxDelivery))
}

// repo gives the configuration's spelling of a repository's name: GitHub does
// not mind letter case, the index does.
func (s *Server) repo(name string) (string, bool) {
	repo, ok := s.Config().Repo(name)
	return repo.Name, ok
}

// take enqueues what a delivery hints at and says what became of it.
func (s *Server) take(event string, body []byte) string {
	h, err := readHint(event, body, s.repo, s.concerns)
	if err != nil {
		s.Log.WithField("event", event).WithError(err).Warn("delivery not understood")
		return "not understood"
	}
	switch {
	case h.push != nil:
		s.Pushed(*h.push)
		return "push"
	case h.repo != "":
		s.Relabeled(h.repo)
		return "repository"
	case h.key.IsZero():
		return "nothing to look at"
	}
	s.remember(h)
	if h.soon {
		s.Soon(h.key)
	} else {
		s.Enqueue(h.key)
	}
	return "enqueued"
}

// remember keeps which comments there are, for a read from a replica that lags,
// and the text of a record of ours from before it was edited or deleted by hand,
// for the restore.
func (s *Server) remember(h hint) {
	if !h.created.IsZero() {
		s.memory.wrote(h.key, h.comment, h.created)
	}
	if h.deleted {
		s.memory.sawDeleted(h.comment)
	}
	if h.comment == 0 || h.author != s.Self.ID {
		return
	}
	m, ok := custody.FindMarker(h.before)
	if ok && m.Kind == custody.KindDecision {
		s.memory.decided.saw(h.key, h.comment, h.before)
	}
	if ok && h.deleted && m.Key == threadKey {
		s.memory.hush(h.key)
	}
	if ok && h.deleted && isCheck(m.Key) {
		s.memory.deletedAnswer(h.key, askedIn(h.before))
	}
	if !ok || m.Kind != custody.KindRecord && m.Kind != custody.KindPart {
		return
	}
	from := "edited delivery"
	if h.deleted {
		from = "deleted delivery"
	}
	s.memory.saw(h.key, m.Cycle, from, h.before)
}

// authenticate checks the delivery's signature before a byte of it is parsed.
func (s *Server) authenticate(h http.Header, body []byte) error {
	newHash := sha256.New
	sum, ok := strings.CutPrefix(h.Get("X-Hub-Signature-256"), "sha256=")
	if !ok && s.AllowSHA1 {
		newHash = sha1.New
		sum, ok = strings.CutPrefix(h.Get("X-Hub-Signature"), "sha1=")
	}
	if !ok {
		return errors.New("the delivery has no X-Hub-Signature-256")
	}
	got, err := hex.DecodeString(sum)
	if err != nil {
		return errors.New("X-Hub-Signature-256 is not in hex")
	}
	secrets, err := s.secrets()
	if err != nil {
		return err
	}
	for _, secret := range secrets {
		if hmac.Equal(got, sign(newHash, secret, body)) {
			return nil
		}
	}
	return errors.New("the signature matches no secret")
}

// secrets reads the secret file anew when it was rotated.
func (s *Server) secrets() ([]string, error) {
	file := s.Secrets()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values != nil && bytes.Equal(file, s.file) {
		return s.values, nil
	}
	values, err := readSecrets(file)
	if err != nil {
		return nil, err
	}
	s.file, s.values = bytes.Clone(file), values
	return values, nil
}

func sign(newHash func() hash.Hash, secret string, body []byte) []byte {
	mac := hmac.New(newHash, []byte(secret))
	mac.Write(body)
	return mac.Sum(nil)
}

// readSecrets reads Prow's two forms of an HMAC file: one token, or a map from
// "*", org or org/repo to a list of values. Every value is tried: which
// repository a delivery is about is only known once it is believed.
func readSecrets(file []byte) ([]string, error) {
	text := strings.TrimSpace(string(file))
	if text == "" {
		return nil, errors.New("the HMAC secret file is empty")
	}
	var byRepo map[string][]struct {
		Value string `json:"value"`
	}
	if err := yaml.Unmarshal([]byte(text), &byRepo); err != nil || len(byRepo) == 0 {
		return []string{text}, nil
	}
	var secrets []string
	for repo, values := range byRepo {
		for _, v := range values {
			if v.Value == "" {
				return nil, fmt.Errorf("the HMAC secret file has an empty value for %s", repo)
			}
			secrets = append(secrets, strings.TrimSpace(v.Value))
		}
	}
	return secrets, nil
}
