package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/cycle"
)

// export takes a cycle out as JSON lines, or its exceptions as Kubernetes keeps them.
func export(ctx context.Context, args []string, out, diag io.Writer) error {
	var f serveFlags
	fs := flags("export", diag)
	f.reading(fs)
	name := fs.String("cycle", "", "the release, such as v1.38")
	format := fs.String("format", "", "of exceptions: yaml or json (default yaml)")
	file := fs.String("o", "", "`file` to write instead of the standard output")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	exceptions := len(rest) == 1 && rest[0] == plugin.TableExceptions
	switch {
	case *name == "":
		return errors.New("say which release, for example: steelthread export --cycle v1.38 -o v1.38.jsonl")
	case len(rest) > 0 && !exceptions:
		return fmt.Errorf("%q: there is the whole cycle, or its exceptions: steelthread export --cycle %s exceptions", strings.Join(rest, " "), *name)
	case *format != "" && !exceptions:
		return errors.New("--format is for exceptions; a cycle is JSON lines: steelthread export --cycle v1.38 exceptions --format json")
	case *format != "" && *format != "yaml" && *format != "json":
		return fmt.Errorf("--format: %q: yaml or json: steelthread export --cycle v1.38 exceptions --format json", *format)
	}
	p, err := f.plugin(ctx, diag)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if !exceptions {
		err = p.Export(ctx, *name, &b)
	} else {
		err = writeExceptions(ctx, p, *name, *format, &b)
	}
	if err != nil {
		return err
	}
	return writeTo(*file, b.Bytes(), out)
}

func writeExceptions(ctx context.Context, p *plugin.Plugin, name, format string, out io.Writer) error {
	t, err := p.Tables(ctx, name)
	if err != nil {
		return err
	}
	text, err := t.Kept().YAML()
	if format == "json" {
		text, err = t.Kept().JSON()
	}
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}

// writeTo writes to a file, or to out if none is named.
func writeTo(file string, data []byte, out io.Writer) error {
	if file != "" {
		return os.WriteFile(file, data, 0o644)
	}
	_, err := out.Write(data)
	return err
}

// replay prints the tables of a cycle from a file alone. It asks nothing of GitHub.
func replay(_ context.Context, args []string, out, diag io.Writer) error {
	fs := flags("replay", diag)
	day := fs.String("at", "", "`day`, such as 2027-02-05: the tally and the confidences as of its end, anywhere on earth")
	file := fs.String("o", "", "`file` to write instead of the standard output")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return fmt.Errorf("say which file, for example: steelthread replay v1.38.jsonl tally; the tables are %s", strings.Join(plugin.TableNames, ", "))
	}
	var at time.Time
	if *day != "" {
		d, err := cycle.ParseDay(*day)
		if err != nil {
			return fmt.Errorf("--at: %w", err)
		}
		at = d.EndAoE()
	}
	data, err := os.ReadFile(rest[0])
	if err != nil {
		return err
	}
	t, err := plugin.Replay(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: %w", rest[0], err)
	}
	text, err := t.Print(rest[1:], at)
	if err != nil {
		return err
	}
	return writeTo(*file, []byte(text), out)
}
