package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// startCluster starts the least of a Kubernetes API server that deck and tide need: it knows ProwJobs, has none, and
// never gets one. It returns the text of a kubeconfig for it.
func startCluster(t *testing.T) (kubeconfig string) {
	t.Helper()
	ended := make(chan struct{})
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api", answer(`{"kind":"APIVersions","versions":["v1"]}`))
	mux.HandleFunc("GET /api/v1", answer(`{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"v1","resources":[]}`))
	mux.HandleFunc("GET /apis", answer(`{"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"prow.k8s.io",`+
		`"versions":[{"groupVersion":"prow.k8s.io/v1","version":"v1"}],`+
		`"preferredVersion":{"groupVersion":"prow.k8s.io/v1","version":"v1"}}]}`))
	mux.HandleFunc("GET /apis/prow.k8s.io/v1", answer(`{"kind":"APIResourceList","apiVersion":"v1",`+
		`"groupVersion":"prow.k8s.io/v1","resources":[{"name":"prowjobs","singularName":"prowjob","namespaced":true,`+
		`"kind":"ProwJob","verbs":["get","list","watch","create","update","patch","delete"]}]}`))
	none := answer(`{"kind":"ProwJobList","apiVersion":"prow.k8s.io/v1","metadata":{"resourceVersion":"1"},"items":[]}`)
	mux.HandleFunc("GET /apis/prow.k8s.io/v1/namespaces/{namespace}/prowjobs", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("watch") == "" {
			none(w, r)
			return
		}
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		select { // a watch without news stays open
		case <-r.Context().Done():
		case <-ended:
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		close(ended)
		server.Close()
	})
	return kubeconfigFor(server.URL)
}

// noCluster is a kubeconfig whose server nobody runs: hook reads it at start and asks it nothing in these tests.
var noCluster = kubeconfigFor("http://127.0.0.1:1")

func kubeconfigFor(server string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: only
clusters:
- {name: only, cluster: {server: %q}}
contexts:
- {name: only, context: {cluster: only, user: nobody}}
users:
- {name: nobody, user: {}}
`, server)
}
