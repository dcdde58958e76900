// Checkconfig compares Steelthread's configuration with itself and with Prow's: config.yaml, plugins.yaml, the jobs and
// label_sync's labels.yaml. It prints what is missing as text to paste, each with the reason.
//
// It promises: it only reads files; the same files give the same output; it finds what Prow's own checkconfig does not
// look at, such as an event name that GitHub does not have, an endpoint that is not the plugin's, and a Tide query that
// does not heed the label of a repository whose threads block.
//
// It does not: ask GitHub anything, see jobs that a repository keeps in its own .prow.yaml, or change a file.
//
// It is the only binary that imports Prow's pkg/config and pkg/plugins, which take 45 MB.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// Exit codes.
const (
	exitOK       = 0
	exitFindings = 1
	exitUnread   = 2
)

func main() {
	logrus.SetOutput(os.Stderr)
	logrus.SetLevel(logrus.WarnLevel)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// options are the flags.
type options struct {
	config, prowConfig, plugins, labels, jobConfig string

	endpoint string
}

func parseFlags(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("checkconfig", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.config, "config", "", "Steelthread's configuration (required)")
	flags.StringVar(&o.prowConfig, "prow-config", "", "Prow's config.yaml: checks Tide's queries and the jobs in it")
	flags.StringVar(&o.plugins, "plugins", "", "Prow's plugins.yaml: checks external_plugins and the label plugin")
	flags.StringVar(&o.labels, "labels", "", "label_sync's labels.yaml")
	flags.StringVar(&o.jobConfig, "job-config", "", "Prow's jobs, a file or a folder; needs --prow-config")
	flags.StringVar(&o.endpoint, "endpoint", "http://"+config.PluginName, "how hook reaches the plugin")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("there are only flags, %q is none", flags.Arg(0))
	case o.config == "":
		return o, errors.New("--config is needed")
	case o.jobConfig != "" && o.prowConfig == "":
		return o, errors.New("--job-config needs --prow-config: Prow reads jobs together with its own configuration")
	}
	return o, nil
}

// run is the whole program; it gives the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parseFlags(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "checkconfig: %v\n", err)
		return exitUnread
	}
	if _, err := os.Stat(o.config); err != nil {
		fmt.Fprintf(stderr, "checkconfig: --config: %v\n", err)
		return exitUnread
	}
	ours, err := config.LoadFile(o.config)
	if err != nil {
		fmt.Fprintf(stdout, "%s cannot be used:\n%v\n", o.config, err)
		return exitFindings
	}
	prow, err := readProw(o)
	if err != nil {
		fmt.Fprintf(stderr, "checkconfig: %v\n", err)
		return exitUnread
	}
	found := check(o, ours, prow)
	report(stdout, o, found)
	if len(found) > 0 {
		return exitFindings
	}
	return exitOK
}

// examples are the example lines of all commands, wherever they are said, each once.
func examples() []string {
	var lines []string
	for _, line := range slices.Concat(work.Commands.Examples(), plan.Commands.Examples(), thread.Commands.Examples()) {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// check runs every check whose file was given.
func check(o options, ours *config.Config, prow *prowFiles) []finding {
	var found []finding
	if prow.plugins != nil {
		found = append(found, checkExternalPlugins(prow.plugins.ExternalPlugins, wantedEvents(ours), o.endpoint)...)
		found = append(found, checkLabelPlugin(prow.plugins.Label, ours)...)
	}
	if prow.labels != nil {
		found = append(found, checkLabels(prow.labels, repoNames(ours))...)
	}
	if prow.config != nil {
		found = append(found, checkTide(prow.config.Tide.Queries, ours)...)
		found = append(found, checkTriggers(prow.config.PresubmitsStatic, repoNames(ours), examples())...)
	}
	return found
}

func repoNames(ours *config.Config) []string {
	return names(ours.WorkRepos())
}
