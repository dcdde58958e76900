// Package kep reads Kubernetes Enhancement Proposals: kep.yaml files into a catalogue, and references to KEPs in the
// text of issues and pull requests.
//
// It promises: no kep.yaml is too odd to be in the catalogue, what could not be used in it is named field by field; a
// number is never guessed: old counter numbers (KEP-0009), dates and pull request numbers are not KEP numbers; the same
// bytes give the same answer in the same order.
//
// It does not: fetch anything, know which repository reads which catalogue (the caller passes the repository), or judge
// whether a KEP may go into a release beyond Workable.
package kep

import (
	"regexp"
	"strconv"
	"strings"
)

// Ref names a KEP: the repository of its catalogue and its number, which in kubernetes/enhancements is the number of
// its tracking issue. The same number means different KEPs in different repositories (693 in kubernetes/enhancements
// and in kubernetes-sigs/kueue).
type Ref struct {
	Repo   string `json:"repo"` // "org/repo"
	Number int    `json:"number"`
}

// String is "kubernetes/enhancements#4381".
func (r Ref) String() string { return r.Repo + "#" + strconv.Itoa(r.Number) }

// Name is "KEP-4381".
func (r Ref) Name() string { return "KEP-" + strconv.Itoa(r.Number) }

// IsZero says whether the reference names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// FieldProblem is a value in a kep.yaml that cannot be used as it stands.
type FieldProblem struct {
	Path  string // of the file, in its repository
	Field string // "status", "milestone.beta", "authors[1]"; empty for the whole file
	Value string // as written, shortened; empty when missing
	Want  string // what is written there, as a phrase without a full stop
}

// The statuses and stages that kubernetes/enhancements allows (its api/proposal.go).
var (
	statuses = []string{"provisional", "implementable", "implemented", "deferred", "rejected", "withdrawn", "replaced"}
	stages   = []string{"alpha", "beta", "stable", "deprecated", "disabled", "removed"}
)

// KEP is one kep.yaml. Fields that it lacks, or whose value cannot be used, are empty; Problems says which.
type KEP struct {
	// Ref has the number of the directory, by which links and people name the KEP; where the directory has none, the
	// kep-number of the file.
	Ref Ref
	// Declared is the kep-number of the file, 0 where it is missing or not a number.
	Declared int
	Path     string // of kep.yaml in its repository
	Title    string
	// SIG is the owning SIG without sig-, from owning-sig, else from the directory.
	SIG           string
	Participating []string // SIGs without sig-; working groups and committees as written
	// Status and Stage are as written, in lower case, also when outside the allowed values.
	Status, Stage   string
	LatestMilestone string            // "v1.38", or empty
	Milestones      map[string]string // stage -> "v1.38"
	Authors         []string          // logins without @
	Approvers       []string          // without @; logins or team names
	FeatureGates    []string
	Problems        []FieldProblem
}

// Workable says whether work on the KEP may go into a release: it is implementable; or implemented with stage stable,
// for a stable KEP marked done early; or withdrawn while its removal is what is done.
func (k KEP) Workable() bool {
	switch k.Status {
	case "implementable":
		return true
	case "implemented":
		return k.Stage == "stable"
	case "withdrawn":
		return k.Stage == "removed" || k.Stage == "disabled" || k.Stage == "deprecated" || k.Milestones["removed"] != ""
	}
	return false
}

var milestoneForm = regexp.MustCompile(`^[vV]?([0-9]{1,3})\.([0-9]{1,4})$`)

// NormalMilestone gives the canonical form of a release, "v1.38", for "1.38" and " v1.38 ". Placeholders ("0.0", "TBD",
// "x.y", empty) and everything else are not a release.
func NormalMilestone(s string) (string, bool) {
	m := milestoneForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || strings.TrimLeft(m[1], "0") == "" {
		return "", false
	}
	return "v" + m[1] + "." + m[2], true
}

// placeholder says whether a milestone value means "not known yet" or "never".
func placeholder(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "0.0", "v0.0", "tbd", "tba", "todo", "none", "null", "n/a", "na", "never", "x.y", "vx.y", "?", "-":
		return true
	}
	return false
}

// directory is what the path of a kep.yaml says.
type directory struct {
	sig    string // "node"; the name as it is where it is no sig- directory ("provider-aws"); empty without one
	number int
	known  bool // number counts
}

// slugForm is NNNN-slug. Dates (20180415-...) have too many digits. 0752-endpointslices is KEP 752.
var slugForm = regexp.MustCompile(`^([0-9]{1,6})-[^/]*[^/\s]$`)

// dirNumber is the number of a directory name NNNN-slug.
func dirNumber(name string) (int, bool) {
	m := slugForm.FindStringSubmatch(name)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

// readPath takes keps/<sig>/NNNN-slug/kep.yaml, keps/<sig>/<sub>/NNNN-slug/kep.yaml and, for repositories of one SIG
// (kueue), keps/NNNN-slug/kep.yaml apart.
func readPath(path string) (directory, bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 3 || len(parts) > 5 || parts[0] != "keps" || parts[len(parts)-1] != "kep.yaml" {
		return directory{}, false
	}
	var d directory
	if len(parts) > 3 {
		d.sig = sigName(parts[1])
	}
	slug := parts[len(parts)-2]
	if strings.HasSuffix(slug, "kep-template") {
		return d, false
	}
	d.number, d.known = dirNumber(slug)
	return d, d.known
}

// IsKEPFile says whether path is the metadata of a KEP: keps/<sig>/NNNN-slug/kep.yaml, one level deeper, or, for
// repositories of one SIG, keps/NNNN-slug/kep.yaml. The template is not.
func IsKEPFile(path string) bool {
	_, ok := readPath(path)
	return ok
}

// sigName is the bare name of a SIG in lower case; other groups keep their prefix.
func sigName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.TrimPrefix(strings.TrimPrefix(s, "sig-"), "sig/")
}
