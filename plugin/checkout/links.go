package checkout

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Kind is what a reference says of itself.
type Kind string

// The kinds. A short reference does not tell pull requests from issues.
const (
	KindEither Kind = ""
	KindPull   Kind = "pull request"
	KindIssue  Kind = "issue"
)

var githubURL = regexp.MustCompile(`^(?:https?://)?(?:www\.)?github\.com/([\w.-]+)/([\w.-]+)/(pull|issues)/([1-9][0-9]{0,8})(?:[/?#].*)?$`)

// ParseRef reads #N, repo#N, org/repo#N and the URL of an issue or pull request. base gives what a short form leaves out.
func ParseRef(text string, base work.Key) (work.Key, Kind, error) {
	if m := githubURL.FindStringSubmatch(text); m != nil {
		kind := KindIssue
		if m[3] == "pull" {
			kind = KindPull
		}
		key, err := slash.ParseKey(m[1] + "/" + m[2] + "#" + m[4])
		return key, kind, err
	}
	place, number, ok := strings.Cut(text, "#")
	if !ok {
		return work.Key{}, "", fmt.Errorf("%q: write it as org/repo#number", plain(text, 100))
	}
	switch {
	case place == "":
		place = base.Org + "/" + base.Repo
	case !strings.Contains(place, "/"):
		place = base.Org + "/" + place
	}
	key, err := slash.ParseKey(place + "#" + number)
	return key, KindEither, err
}
