package work

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
)

// How a KEP was found, in the order of belief.
const (
	KEPByCommand = "command" // the last /kep
	KEPItself    = "itself"  // an issue of the KEP repository is the KEP
	KEPByBody    = "body"    // /kep or a link in the description, as it stands now
)

// ParentKEP finds the KEP that an issue belongs to and says how it was found:
// the last accepted /kep; in the KEP repository the issue itself; a /kep line
// in the description; the one KEP that the description links to. Several links
// to different KEPs tell nothing.
func ParentKEP(item *Item, issue Issue, kepRepo string) (ref kep.Ref, how string) {
	if item != nil && item.KEP != nil {
		return *item.KEP, KEPByCommand
	}
	if issue.Key.Repository() == kepRepo && !issue.Pull {
		return kep.Ref{Repo: kepRepo, Number: issue.Key.Number}, KEPItself
	}
	for _, line := range bodyScanner.Scan(issue.Body).Lines {
		if line.Verb != kepCommand.Verb {
			continue
		}
		n, v, p := slash.Parse(kepCommand.Grammar(), line)
		if p != nil || n != 0 {
			continue
		}
		if ref, ok := kepRef(v["ref"].(slash.Ref), kepRepo); ok {
			return ref, KEPByBody
		}
	}
	found := kep.Ref{}
	for _, link := range kep.Links(issue.Body, kepRepo) {
		if link.Pull || link.Ref == found {
			continue
		}
		if found.Number != 0 {
			return kep.Ref{}, ""
		}
		found = link.Ref
	}
	if found.Number != 0 {
		return found, KEPByBody
	}
	return kep.Ref{}, ""
}

// OwningSIG is the SIG that owns an item: the owning-sig of its KEP, else the
// SIG for which the first /commit was accepted, else "". Labels do not count:
// anyone may set one.
func OwningSIG(item *Item, issue Issue, keps Catalogues, kepRepo string) string {
	if k, ok := FindKEP(item, issue, keps, kepRepo); ok && k.SIG != "" {
		return k.SIG
	}
	if item != nil {
		return item.FirstSIG
	}
	return ""
}

// FindKEP looks the item's parent KEP up in the catalogue of its repository. A
// number used twice gives the first by path.
func FindKEP(item *Item, issue Issue, keps Catalogues, kepRepo string) (kep.KEP, bool) {
	ref, how := ParentKEP(item, issue, kepRepo)
	if how == "" || keps[ref.Repo] == nil {
		return kep.KEP{}, false
	}
	found := keps[ref.Repo].Find(ref.Number)
	if len(found) == 0 {
		return kep.KEP{}, false
	}
	return found[0], true
}

// kepRef turns a reference as typed after /kep into a KEP: a bare number or
// KEP-1234 is one of the issue's KEP repository; a reference with a repository
// is a KEP of that repository.
func kepRef(r slash.Ref, kepRepo string) (kep.Ref, bool) {
	if r.Number <= 0 {
		return kep.Ref{}, false
	}
	switch {
	case r.Org != "" && r.Repo != "":
		return kep.Ref{Repo: r.Org + "/" + r.Repo, Number: r.Number}, true
	case r.Repo != "":
		org, _, _ := strings.Cut(kepRepo, "/")
		return kep.Ref{Repo: org + "/" + r.Repo, Number: r.Number}, true
	}
	return kep.Ref{Repo: kepRepo, Number: r.Number}, kepRepo != ""
}

// KEPIssue is the tracking issue of a KEP: its number is the KEP's number
// (kubernetes/enhancements README).
func KEPIssue(r kep.Ref) Key {
	org, repo, _ := strings.Cut(r.Repo, "/")
	return Key{Org: org, Repo: repo, Number: r.Number}
}
