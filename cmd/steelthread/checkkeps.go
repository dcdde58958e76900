package main

import (
	"context"
	"fmt"
	"io"

	"github.com/steelthread/steelthread/plugin/checkout"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
)

// freezes are the names that --freeze takes. What is asked of a KEP changes at
// four points of a cycle; the other freezes ask the same as the one before.
var freezes = map[string]kep.Freeze{
	"prr": kep.FreezePRR, "production-readiness": kep.FreezePRR,
	"enhancements": kep.FreezeEnhancements,
	"code":         kep.FreezeCode, "test": kep.FreezeCode, "docs": kep.FreezeCode,
	"end": kep.FreezeEnd, "release": kep.FreezeEnd,
}

// checkkeps holds the KEPs of a checkout that target a cycle against a freeze.
// It asks nothing of GitHub. Its exit code is 1 where something is to mend.
func checkkeps(_ context.Context, args []string, out, diag io.Writer) error {
	fs := flags("checkkeps", diag)
	release := fs.String("cycle", "", "the `release` that the KEPs should be ready for, such as v1.38")
	freeze := fs.String("freeze", "enhancements", "the `freeze` by which: prr, enhancements, code (also test, docs) or end")
	asJSON := fs.Bool("json", false, "write the findings as JSON")
	repo := fs.String("kep-repo", kep.Kubernetes, "the repository that the checkout is of, `org/repo`")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	name, isRelease := cycle.NormalRelease(*release)
	point, isFreeze := freezes[*freeze]
	switch {
	case !isRelease:
		fmt.Fprintln(diag, "Say for which release, for example: steelthread checkkeps --cycle v1.38 enhancements")
		return errUsage
	case !isFreeze:
		fmt.Fprintf(diag, "--freeze %q: it is prr, enhancements, code, test, docs or end\n", *freeze)
		return errUsage
	case len(rest) != 1:
		fmt.Fprintln(diag, "Say which folder the checkout of the KEP repository is in, for example: steelthread checkkeps --cycle v1.38 enhancements")
		return errUsage
	}
	result, err := checkout.KEPFolder{Repo: *repo, Dir: rest[0]}.Align(name, point)
	if err != nil {
		return err
	}
	if *asJSON {
		err = writeJSON(out, result)
	} else {
		err = result.Print(out)
	}
	if n := result.Mend(); err == nil && n > 0 {
		return fmt.Errorf("%d of %d KEPs have something to mend", n, len(result.KEPs))
	}
	return err
}
