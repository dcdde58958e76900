// Command steelthread is the server and its tools. It holds flags and wiring
// only; what it does is in package plugin.
//
//	steelthread serve     stand behind Prow's hook
//	steelthread explain   show what a round over one issue would do, write nothing
//	steelthread audit     check the records of an issue, or of a saved comment
//	steelthread keygen    make a key pair for signing records
//	steelthread why       follow a line, a commit or a pull request to its KEP
//	steelthread notes     write the release-notes draft of a cycle
//	steelthread export    take a cycle out as JSON lines, or its exceptions as YAML or JSON
//	steelthread replay    print the tables of a cycle from what export wrote
//	steelthread checkkeps hold the KEPs of a checkout against a release
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// tool is one subcommand. Its run gets the arguments after its name.
type tool struct {
	name, args, summary string
	run                 func(ctx context.Context, args []string, out, diag io.Writer) error
}

var tools = []tool{
	{"serve", "--config FILE --github-token-path FILE --hmac-secret-file FILE --signing-key-path FILE", "stand behind Prow's hook", serve},
	{"explain", "org/repo#number", "show what a round over one issue would do and why; writes nothing", explain},
	{"audit", "org/repo#number --public-key FILE, or --comment FILE --public-key FILE", "check the signed records of an issue, or a saved comment", audit},
	{"keygen", "--out FILE", "make a key pair for signing records", keygen},
	{"why", "FILE[:LINE], COMMIT, org/repo#number, or --write-notes RANGE", "follow a line, a commit, a pull request or an issue to its KEP", why},
	{"notes", "--cycle v1.38 [-o FILE]", "write the release-notes draft of a cycle, from its plan and what merged; writes nothing on GitHub", notes},
	{"export", "--cycle v1.38 [-o FILE] [exceptions [--format yaml|json]]", "take a cycle out as JSON lines, or its exceptions as Kubernetes keeps them by hand; writes nothing on GitHub", export},
	{"replay", "FILE [plan] [tally] [exceptions] [calibration] [survey] [closing] [notes] [--at DAY]", "print the tables of a cycle from what export wrote; asks nothing of GitHub", replay},
	{"checkkeps", "--cycle v1.38 [--freeze enhancements] FOLDER", "hold the KEPs of a checkout against a release; asks nothing of GitHub", checkkeps},
}

// errUsage marks an error after which the usage was already shown.
var errUsage = errors.New("usage")

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// run gives the exit code: 0 done, 1 it failed or found something, 2 the
// command line is not understood.
func run(ctx context.Context, args []string, out, diag io.Writer) int {
	if len(args) > 0 {
		for _, t := range tools {
			if t.name != args[0] {
				continue
			}
			switch err := t.run(ctx, args[1:], out, diag); {
			case err == nil, errors.Is(err, flag.ErrHelp):
				return 0
			case errors.Is(err, errUsage):
				return 2
			default:
				fmt.Fprintf(diag, "steelthread %s: %v\n", t.name, err)
				return 1
			}
		}
		if args[0] != "help" && args[0] != "-h" && args[0] != "--help" {
			fmt.Fprintf(diag, "steelthread has no command %q. ", args[0])
		}
	}
	fmt.Fprintln(diag, "Its commands are:")
	for _, t := range tools {
		fmt.Fprintf(diag, "  %-9s %s\n            steelthread %s %s\n", t.name, t.summary, t.name, t.args)
	}
	return 2
}

// flags makes the flag set of a tool.
func flags(name string, diag io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet("steelthread "+name, flag.ContinueOnError)
	fs.SetOutput(diag)
	return fs
}

// parse reads the flags, wherever they stand among the arguments, and gives
// the rest.
func parse(fs *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if fs.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}
