package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/sirupsen/logrus"
	"sigs.k8s.io/prow/pkg/config/secret"
	"sigs.k8s.io/prow/pkg/interrupts"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/board"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/thread"
)

// serveFlags are Prow's names where Prow has one.
type serveFlags struct {
	githubFlags
	config, hmac, signingKey, publicKeys    string
	sha1                                    bool
	port, healthPort, metricsPort, profPort int
	boardPort                               int
	tick, lookback, grace                   time.Duration
	githubURL, commandsURL, verifyURL       string
	externalURL                             string
	logLevel                                string
}

func (f *serveFlags) register(fs *flag.FlagSet) {
	f.githubFlags.register(fs, true)
	fs.StringVar(&f.config, "config", "/etc/steelthread/config.yaml", "the configuration `file`")
	fs.StringVar(&f.hmac, "hmac-secret-file", "/etc/webhook/hmac", "`file` with the webhook secret, one token or Prow's map")
	fs.BoolVar(&f.sha1, "allow-sha1", false, "also take the old X-Hub-Signature")
	fs.StringVar(&f.signingKey, "signing-key-path", "/etc/steelthread/key", "`file` with the private key that signs records (steelthread keygen)")
	fs.StringVar(&f.publicKeys, "public-key-paths", "", "`files` with further public keys, by comma: those that signed before")
	fs.IntVar(&f.port, "port", 8888, "port for deliveries and /help")
	fs.IntVar(&f.healthPort, "health-port", 8081, "port for /healthz, /healthz/ready, /status and /keps (metadata of KEPs that should be mended)")
	fs.IntVar(&f.metricsPort, "metrics-port", 9090, "port for /metrics")
	fs.IntVar(&f.profPort, "pprof-port", 6060, "port for pprof; 0: none")
	fs.DurationVar(&f.tick, "tick", 5*time.Minute, "time between sweeps")
	fs.DurationVar(&f.lookback, "lookback", 72*time.Hour, "how far back the first sweep looks for what was missed")
	fs.DurationVar(&f.grace, "grace-period", 30*time.Second, "time for rounds to finish at SIGTERM")
	f.links(fs)
	fs.IntVar(&f.boardPort, "board-port", 0, "port for the web pages of plans and items, public ones only; 0: none")
	fs.StringVar(&f.logLevel, "log-level", "info", "debug, info, warning or error")
	fs.Func("github-hourly-tokens", "accepted for Prow's sake: writes are kept to 60 a minute, reads are conditional", ignored)
	fs.Func("github-allowed-burst", "accepted for Prow's sake, see --github-hourly-tokens", ignored)
}

// links are the flags that decide where records link to. Whatever compares records with what serve writes needs them too.
func (f *serveFlags) links(fs *flag.FlagSet) {
	fs.StringVar(&f.githubURL, "github-url", "https://github.com", "where links in comments point")
	fs.StringVar(&f.commandsURL, "commands-url", "https://github.com/steelthread/steelthread/blob/main/docs/commands.md", "the command reference that records link to")
	fs.StringVar(&f.externalURL, "external-url", "", "where people reach the pages of --board-port, such as https://steelthread.example.org; plans link to them")
	fs.StringVar(&f.verifyURL, "verify-url", "https://github.com/steelthread/steelthread/blob/main/docs/custody.md", "the page on checking a record that records link to")
}

func (f *serveFlags) site() render.Site {
	return render.Site{GitHub: strings.TrimSuffix(f.githubURL, "/"), Commands: f.commandsURL, Verify: f.verifyURL, Board: strings.TrimSuffix(f.externalURL, "/")}
}

func ignored(s string) error {
	_, err := strconv.Atoi(s)
	return err
}

func serve(ctx context.Context, args []string, _, diag io.Writer) error {
	var f serveFlags
	fs := flags("serve", diag)
	f.register(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("%q is not a flag", rest[0])
	}
	log, err := logTo(diag, f.logLevel)
	if err != nil {
		return err
	}
	s, err := f.build(ctx, log)
	if err != nil {
		return err
	}
	return s.run(f, log)
}

// server is everything that serve starts.
type server struct {
	plugin   *plugin.Plugin
	watcher  *config.Watcher
	registry *prometheus.Registry
	signing  *signing
}

// build reads every file and asks GitHub who we are; it starts nothing.
func (f *serveFlags) build(ctx context.Context, log logrus.FieldLogger) (*server, error) {
	signing, err := f.signing()
	if err != nil {
		return nil, err
	}
	if err := secret.Add(f.hmac); err != nil {
		return nil, fmt.Errorf("--hmac-secret-file: %w", err)
	}
	s := &server{registry: prometheus.NewRegistry(), signing: signing}
	s.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	metrics := plugin.NewMetrics(s.registry)
	s.watcher, err = config.NewWatcher(f.config, nil,
		func(_ *config.Config, hash string) {
			log.WithField("hash", hash).Info("new configuration")
			go s.plugin.Reconfigured(ctx)
		},
		func(err error) {
			log.WithError(err).Error("the configuration file has mistakes; the last good one stays in force")
		})
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	s.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "steelthread", Name: "config_age_seconds",
		Help: "Age of the configuration in force."}, func() float64 { return time.Since(s.watcher.Status().LoadedAt).Seconds() }))
	client, self, err := f.connect(ctx, metrics, plugin.NewWriteBudget())
	if err != nil {
		return nil, err
	}
	if err := f.permitted(s.watcher.Config(), log); err != nil {
		return nil, err
	}
	log.WithField("account", self.Login).WithField("dry-run", f.dryRun).WithField("config", s.watcher.Status().Hash).Info("on GitHub")
	s.plugin = plugin.New(plugin.Options{
		Config: s.watcher.Config, Client: client, Self: self, Keys: signing.keys,
		Site:    f.site(),
		Secrets: secret.GetTokenGenerator(f.hmac), AllowSHA1: f.sha1, Metrics: metrics, Log: log, Tick: f.tick, Lookback: f.lookback,
	})
	return s, nil
}

// readAll reads one public key from each of the files.
func readAll(paths string) ([]string, error) {
	var out []string
	for path := range strings.SplitSeq(paths, ",") {
		if path = strings.TrimSpace(path); path == "" {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		out = append(out, strings.TrimSpace(string(data)))
	}
	return out, nil
}

// run starts the listeners and the plugin and waits for SIGTERM. Deliveries are
// taken before everything was read; they wait in the queue.
func (s *server) run(f serveFlags, log logrus.FieldLogger) error {
	interrupts.ListenAndServe(listener(f.port, s.plugin.Handler()), f.grace)
	interrupts.ListenAndServe(listener(f.healthPort, s.health()), f.grace)
	metrics := http.NewServeMux()
	metrics.Handle("/metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}))
	interrupts.ListenAndServe(listener(f.metricsPort, metrics), f.grace)
	if f.boardPort != 0 {
		interrupts.ListenAndServe(listener(f.boardPort, board.New(f.site(), s.plugin.Reconciler.Boards)), f.grace)
	}
	if f.profPort != 0 {
		interrupts.ListenAndServe(listener(f.profPort, profiler()), f.grace)
	}
	interrupts.Run(func(ctx context.Context) { s.watcher.Run(ctx, 10*time.Second) })
	interrupts.TickLiteral(func() { s.signing.reload(log) }, 10*time.Second)
	interrupts.Run(func(ctx context.Context) {
		if err := within(ctx, f.grace, s.plugin.Run); err != nil && !errors.Is(err, context.Canceled) {
			log.WithError(err).Error("stopped")
		}
	})
	interrupts.WaitForGracefulShutdown()
	return nil
}

// within runs do and gives it up a grace period after the end of ctx, at the latest.
func within(ctx context.Context, grace time.Duration, do func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- do(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		return fmt.Errorf("rounds did not finish within %s; what they left is found again at the next start", grace)
	}
}

// listener is a server that nobody can hold open by sending slowly or nothing.
func listener(port int, h http.Handler) *http.Server {
	return &http.Server{Addr: ":" + strconv.Itoa(port), Handler: h,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
}

// health answers Kubernetes' probes and shows which configuration is in force.
func (s *server) health() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("/healthz/ready", func(w http.ResponseWriter, _ *http.Request) {
		if !s.plugin.Ready() {
			http.Error(w, "not everything was read yet", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) {
		st := s.watcher.Status()
		fmt.Fprintf(w, "configuration: %s\nin force since: %s\n", st.Hash, st.LoadedAt.UTC().Format(time.RFC3339))
		if st.Err != nil {
			fmt.Fprintf(w, "the file as it stands now is not in force, since %s:\n%v\n", st.ErrSince.UTC().Format(time.RFC3339), st.Err)
		}
		fmt.Fprintf(w, "issues known: %d\nissues waiting: %d\n", s.plugin.Reconciler.Index.Len(), s.plugin.Queue.Len())
		open, merged := s.plugin.Reconciler.Index.Verdicts()
		fmt.Fprintf(w, "pull requests, open: %s\npull requests, merged and recorded: %s\n", verdicts(open), verdicts(merged))
		if s.plugin.Reconciler.Breaker.Tripped() {
			fmt.Fprintln(w, "all writes are stopped: signatures of records fail in a row; is the right key mounted?")
		}
	})
	mux.HandleFunc("/keps", func(w http.ResponseWriter, _ *http.Request) {
		for repo, problems := range s.plugin.Reconciler.Library.Problems() {
			for _, p := range problems {
				fmt.Fprintf(w, "%s: %s: %s: %q: %s\n", repo, p.Path, p.Field, p.Value, p.Want)
			}
		}
	})
	return mux
}

// verdicts says how many pull requests are planned and how many are not.
func verdicts(counts map[thread.Verdict]int) string {
	return fmt.Sprintf("%d planned, %d unplanned, %d exempt, %d without a thread",
		counts[thread.Planned], counts[thread.Unplanned], counts[thread.Exempt], counts[thread.Unknown])
}

func profiler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
