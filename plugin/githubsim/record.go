package githubsim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// RecordTo opens dir/name-pid.jsonl for Options.Record, so that several test binaries may record into one folder. An
// empty dir gives a nil writer: record nothing.
func RecordTo(dir, name string) (io.Writer, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, fmt.Sprintf("%s-%d.jsonl", name, os.Getpid()))
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
}

// line is one line of Options.Record. An exchange has all fields but event and body; a webhook has kind, event and body.
type line struct {
	Kind           string      `json:"kind"`
	Method         string      `json:"method,omitempty"`
	URL            string      `json:"url,omitempty"`
	RequestHeader  http.Header `json:"requestHeader,omitempty"`
	RequestBody    string      `json:"requestBody,omitempty"`
	Status         int         `json:"status,omitempty"`
	ResponseHeader http.Header `json:"responseHeader,omitempty"`
	ResponseBody   string      `json:"responseBody,omitempty"`
	// Fault names what was injected; the answer of such an exchange is not GitHub's.
	Fault string `json:"fault,omitempty"`
	Event string `json:"event,omitempty"`
	Body  string `json:"body,omitempty"`
}

func (g *GitHub) write(l line) {
	if g.opts.Record == nil {
		return
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return
	}
	g.recordMu.Lock()
	defer g.recordMu.Unlock()
	_, _ = g.opts.Record.Write(append(raw, '\n'))
}

func (g *GitHub) recordHook(d Delivery) {
	g.write(line{Kind: "webhook", Event: d.Event, Body: string(d.Body)})
}
