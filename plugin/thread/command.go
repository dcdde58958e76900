package thread

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Form is one form of a command on a pull request. Its SIG roles are of any SIG: a pull request has no owning one.
type Form struct {
	work.Form
	// Apply folds one line. It is total. nil: the form asks something and changes nothing. Said is zero for a line of the
	// description. It stands in place of work.Form's, which is not used.
	Apply func(*State, work.Said, slash.Values)
	// declares: the form counts in the description too.
	declares bool
	// smallOnly: the author may say it only where a label says that the change needs no KEP.
	smallOnly bool
}

// Command is one verb that may be said on a pull request.
type Command = work.CommandOf[Form]

// Commands are the verbs of pull requests, in the order in which help lists them.
var Commands = work.CommandSet[Form]{kepCommand, partOfCommand}

// The roles of the forms.
var (
	facilitators = work.Who{Role: roles.Facilitator, Any: true}
	leads        = work.Who{Role: roles.Lead, Any: true}
	author       = work.Who{Role: roles.Author}
	member       = work.Who{Role: roles.Member}
)

// kepRef turns a reference as typed after /kep into a KEP. A bare number, #1234 and KEP-1234 are of kepRepo, repo#1234
// of the same organisation as kepRepo.
func kepRef(r slash.Ref, kepRepo string) (kep.Ref, bool) {
	org, repo, ok := strings.Cut(kepRepo, "/")
	switch {
	case r.Number <= 0:
		return kep.Ref{}, false
	case r.Org != "" && r.Repo != "":
		org, repo, ok = r.Org, r.Repo, true
	case r.Repo != "":
		repo = r.Repo
	}
	full := kep.Ref{Repo: org + "/" + repo, Number: r.Number}
	if strings.EqualFold(full.Repo, kepRepo) {
		full.Repo = kepRepo
	}
	return full, ok && org != "" && repo != ""
}

// itemKey is the issue that a reference means; a KEP is its tracking issue, whose number is the KEP's.
func itemKey(r slash.Ref, base work.Key, kepRepo string) (work.Key, bool) {
	if !r.KEP {
		key := r.Resolve(base)
		return key, key.Number > 0 && key.Org != "" && key.Repo != ""
	}
	ref, ok := kepRef(r, kepRepo)
	org, repo, _ := strings.Cut(ref.Repo, "/")
	return work.Key{Org: org, Repo: repo, Number: ref.Number}, ok
}

// refOf writes a repository and a number as a reference in full.
func refOf(repository string, number int) slash.Ref {
	org, repo, _ := strings.Cut(repository, "/")
	return slash.Ref{Org: org, Repo: repo, Number: number}
}

// spelled gives a repository the spelling of the configured one: on GitHub letter case does not matter.
func spelled(repository string, configured []string) string {
	for _, c := range configured {
		if strings.EqualFold(c, repository) {
			return c
		}
	}
	return repository
}
