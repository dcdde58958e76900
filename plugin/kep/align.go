package kep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Freeze is a point of the release cycle at which the metadata of a KEP is looked at, by what is asked for then.
type Freeze string

// The freezes of Kubernetes whose demands on KEPs differ (kubernetes/sig-release, release-team handbook of the
// enhancements team). End is the release itself.
const (
	FreezePRR          Freeze = "prr"
	FreezeEnhancements Freeze = "enhancements"
	FreezeCode         Freeze = "code"
	FreezeEnd          Freeze = "end"
)

// Freezes is every Freeze, in order of time.
var Freezes = []Freeze{FreezePRR, FreezeEnhancements, FreezeCode, FreezeEnd}

// ProductionReadiness is what the production readiness file of a KEP says.
type ProductionReadiness struct {
	Path string
	// Number is its kep-number, 0 where it is missing or not a number.
	Number    int
	Approvers map[string]string // stage -> login or team, without @
	Problems  []FieldProblem
}

// AlignInput is what one KEP is held against.
type AlignInput struct {
	Cycle  string // "v1.38"
	Freeze Freeze // empty: FreezeEnhancements
	// Readiness is the KEP's production readiness file, nil where there is none.
	Readiness *ProductionReadiness
	HasReadme bool // README.md stands beside kep.yaml
}

// Targets says whether the metadata of the KEP names the cycle as the one that is worked for: by latest-milestone, or,
// where that is older or missing, by the milestone of its stage. A milestone for a later stage is a plan for some day,
// and a KEP whose latest-milestone is newer has moved on.
func (k KEP) Targets(cycle string) bool {
	return k.LatestMilestone == cycle || k.Milestones[k.Stage] == cycle && !after(k.LatestMilestone, cycle)
}

// Graduates says whether the KEP reaches its stage in this cycle. A KEP that targets the cycle and does not is as good:
// it stays in its stage for one more (15 of 85 in v1.37).
func (k KEP) Graduates(cycle string) bool { return k.Milestones[k.Stage] == cycle }

// Align holds a KEP against a cycle and lists what does not fit, each with file, field, value and what should stand
// there, in the order of the file. A KEP that does not target the cycle has nothing to list, and one that does not
// graduate is not asked to.
func Align(k KEP, in AlignInput) []FieldProblem {
	if !k.Targets(in.Cycle) {
		return nil
	}
	a := alignment{kep: k, in: in}
	a.file()
	a.status()
	a.milestones()
	a.readiness()
	if !in.HasReadme {
		a.add(strings.TrimSuffix(k.Path, "kep.yaml")+"README.md", "", "", "this file, with the text of the KEP")
	}
	return a.out
}

type alignment struct {
	kep KEP
	in  AlignInput
	out []FieldProblem
}

func (a *alignment) add(path, field, value, want string) {
	a.out = append(a.out, FieldProblem{Path: path, Field: field, Value: value, Want: want})
}

func (a *alignment) told(field string) bool {
	return slices.ContainsFunc(a.out, func(p FieldProblem) bool { return p.Path == a.kep.Path && p.Field == field })
}

// file takes over what was wrong with the fields that the release looks at. Authors and the like can wait.
func (a *alignment) file() {
	for _, p := range a.kep.Problems {
		switch field, _, _ := strings.Cut(p.Field, "."); field {
		case "", "title", "kep-number", "owning-sig", "status", "stage", "latest-milestone", "milestone":
			a.out = append(a.out, p)
		}
	}
}

// status: implementable at the enhancements freeze and after it, with the exceptions of Workable; at the end a stable
// KEP is implemented.
func (a *alignment) status() {
	k := a.kep
	switch {
	case a.told("status"):
	case a.in.Freeze == FreezePRR && k.Status == "provisional": // becomes implementable by the enhancements freeze
	case !k.Workable():
		a.add(k.Path, "status", k.Status, a.workable())
	case a.in.Freeze == FreezeEnd && k.Stage == "stable" && k.Status != "implemented":
		a.add(k.Path, "status", k.Status, "implemented, as the stage is stable and "+a.in.Cycle+" is released")
	}
	if k.Stage == "" && !a.told("stage") {
		a.add(k.Path, "stage", "", "one of "+strings.Join(stages, ", "))
	}
}

func (a *alignment) workable() string {
	switch a.kep.Stage {
	case "stable":
		return "implementable, or implemented"
	case "removed", "disabled", "deprecated":
		return "implementable, or withdrawn"
	}
	return "implementable"
}

func (a *alignment) milestones() {
	k, cycle := a.kep, a.in.Cycle
	if k.LatestMilestone != cycle && !a.told("latest-milestone") {
		a.add(k.Path, "latest-milestone", k.LatestMilestone, cycle+", as milestone."+k.Stage+" says")
	}
	if own := k.Milestones[k.Stage]; after(own, cycle) {
		a.add(k.Path, "milestone."+k.Stage, own, fmt.Sprintf("%s or earlier, as the stage is %s in %s; or an earlier stage", cycle, k.Stage, cycle))
	}
	a.order()
}

// order: a stage is not reached before the one below it. Only what is written is compared.
func (a *alignment) order() {
	below, since := "", ""
	for _, stage := range stages[:3] {
		release := a.kep.Milestones[stage]
		if release == "" {
			continue
		}
		if since != "" && !after(release, since) {
			a.add(a.kep.Path, "milestone."+stage, release, fmt.Sprintf("a release after milestone.%s, %s", below, since))
		}
		below, since = stage, release
	}
}

// readiness: a production readiness file that names who approved the stage. For stages after stable none is asked for.
func (a *alignment) readiness() {
	k := a.kep
	if i := slices.Index(stages, k.Stage); i < 0 || i > 2 || k.Ref.Number == 0 {
		return
	}
	number := strconv.Itoa(k.Ref.Number)
	file := a.in.Readiness
	if file == nil {
		a.add(ReadinessPath(k), "", "", "this file, with kep-number "+number+" and "+k.Stage+".approver")
		return
	}
	a.out = append(a.out, file.Problems...)
	if file.Number != 0 && file.Number != k.Ref.Number {
		a.add(file.Path, "kep-number", strconv.Itoa(file.Number), number)
	}
	if file.Approvers[k.Stage] == "" {
		a.add(file.Path, k.Stage+".approver", "", `who approved the production readiness of the stage, like "@octocat"`)
	}
}

// ReadinessPath is where the production readiness file of a KEP belongs: keps/prod-readiness/<sig>/<number>.yaml.
func ReadinessPath(k KEP) string {
	folder := "sig-" + k.SIG
	if parts := strings.Split(k.Path, "/"); len(parts) > 3 && sigName(parts[1]) == k.SIG {
		folder = parts[1]
	}
	return "keps/prod-readiness/" + folder + "/" + strconv.Itoa(k.Ref.Number) + ".yaml"
}

// IsReadinessFile says whether path is a production readiness file, and of which KEP.
func IsReadinessFile(path string) (int, bool) {
	parts := strings.Split(path, "/")
	if len(parts) != 4 || parts[0] != "keps" || parts[1] != "prod-readiness" {
		return 0, false
	}
	name, ok := strings.CutSuffix(parts[3], ".yaml")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(name)
	return n, err == nil && n > 0
}

// after says whether release a comes after b. Both are as NormalMilestone gives them; an empty one is after and before
// nothing.
func after(a, b string) bool {
	x, y := milestoneForm.FindStringSubmatch(a), milestoneForm.FindStringSubmatch(b)
	if x == nil || y == nil {
		return false
	}
	for i := 1; i <= 2; i++ {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m > n
		}
	}
	return false
}
