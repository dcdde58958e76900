package plugin

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the Prometheus metrics of the server. A nil *Metrics counts
// nothing.
type Metrics struct {
	Deliveries *prometheus.CounterVec // event, outcome
	Rounds     *prometheus.CounterVec // outcome
	Calls      *prometheus.CounterVec // kind, status
	Quota      *prometheus.GaugeVec   // resource
	QueueDepth prometheus.Gauge
	QueueAge   prometheus.Histogram   // seconds
	Writes     *prometheus.CounterVec // kind
	Restores   *prometheus.CounterVec // from
	Tripped    prometheus.Gauge
	Sweeps     *prometheus.CounterVec // outcome
	ConfigAge  prometheus.GaugeFunc
}

// NewMetrics makes the metrics and registers them.
func NewMetrics(r prometheus.Registerer) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "steelthread", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		Deliveries: counter("deliveries_total", "Webhook deliveries by event and what became of them.", "event", "outcome"),
		Rounds:     counter("rounds_total", "Rounds over one issue by outcome.", "outcome"),
		Calls:      counter("github_calls_total", "Calls to GitHub by kind and status.", "kind", "status"),
		Quota: prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "steelthread", Name: "github_quota_remaining",
			Help: "What GitHub says is left of the hourly quota."}, []string{"resource"}),
		QueueDepth: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "steelthread", Name: "queue_depth", Help: "Issues that wait for a round."}),
		QueueAge: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "steelthread", Name: "queue_wait_seconds",
			Help: "How long an issue waited for its round.", Buckets: []float64{.01, .05, .1, .5, 1, 5, 30, 120, 600}}),
		Writes:   counter("writes_total", "Writes to GitHub by kind.", "kind"),
		Restores: counter("restores_total", "Records restored, by where from.", "from"),
		Tripped:  prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "steelthread", Name: "writes_stopped", Help: "1 while records fail their check and all writes are stopped."}),
		Sweeps:   counter("sweeps_total", "Sweeps by outcome.", "outcome"),
	}
	r.MustRegister(m.Deliveries, m.Rounds, m.Calls, m.Quota, m.QueueDepth, m.QueueAge, m.Writes, m.Restores, m.Tripped, m.Sweeps)
	return m
}

func (m *Metrics) delivery(event, outcome string) {
	if m != nil {
		m.Deliveries.WithLabelValues(event, outcome).Inc()
	}
}

func (m *Metrics) round(outcome string) {
	if m != nil {
		m.Rounds.WithLabelValues(outcome).Inc()
	}
}

func (m *Metrics) restored(from string) {
	if m != nil {
		m.Restores.WithLabelValues(from).Inc()
	}
}

func (m *Metrics) swept(outcome string) {
	if m != nil {
		m.Sweeps.WithLabelValues(outcome).Inc()
	}
}

func (m *Metrics) tripped(yes bool) {
	if m == nil {
		return
	}
	if yes {
		m.Tripped.Set(1)
	} else {
		m.Tripped.Set(0)
	}
}

func (m *Metrics) call(req *http.Request, status string) {
	if m != nil {
		m.Calls.WithLabelValues(callKind(req), status).Inc()
	}
}

func (m *Metrics) answer(req *http.Request, resp *http.Response) {
	if m == nil {
		return
	}
	status := strconv.Itoa(resp.StatusCode)
	if resp.Header.Get(fromCache) != "" {
		status = "304"
	}
	m.call(req, status)
	if isWrite(req) && resp.StatusCode < 300 {
		m.Writes.WithLabelValues(callKind(req)).Inc()
	}
	if left, err := strconv.ParseFloat(resp.Header.Get("X-RateLimit-Remaining"), 64); err == nil {
		resource := resp.Header.Get("X-RateLimit-Resource")
		if resource == "" {
			resource = "core"
		}
		m.Quota.WithLabelValues(resource).Set(left)
	}
}

// callKind names a call by its method and the fixed words of its path, so that
// the number of series stays small: "GET issues comments".
func callKind(req *http.Request) string {
	kind := req.Method
	for _, part := range strings.Split(strings.Trim(req.URL.Path, "/"), "/") {
		switch part {
		case "repos", "issues", "comments", "labels", "events", "reactions", "milestones", "commits", "contents", "git", "trees", "teams", "members", "user", "users", "graphql":
			if part == "repos" && kind != req.Method {
				continue
			}
			kind += " " + part
		}
	}
	return kind
}
