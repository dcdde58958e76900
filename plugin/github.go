package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Key names one issue or pull request.
type Key = slash.Key

// Account is a GitHub account.
type Account struct {
	ID    int64
	Login string
}

// Comment is one comment of an issue as GitHub lists it, or the body of a review
// of a pull request, which is read as one. The id of a review is negative here:
// GitHub counts reviews and comments apart.
type Comment struct {
	ID      int64
	Node    string // GraphQL id
	Author  Account
	Body    string
	Created time.Time
	Updated time.Time
	Acks    int // 👍 reactions, by whomever; of a review see Standing
	Nays    int // 😕 reactions, by whomever
	// Member: its author belongs to the organisation or was made a collaborator of
	// the repository, as far as GitHub shows it to us.
	Member roles.Answer
}

// Standing is what only GraphQL tells of a comment or review.
type Standing struct {
	Edited     bool   // ever
	Words      string // fingerprint of the command lines of the text of which that is told
	Acks, Nays int    // reactions on a review
}

// PullDetail is what is needed of a pull request beside the issue that it also
// is.
type PullDetail struct {
	Base          string // branch that it goes to
	DefaultBranch string // of the repository
	Head          string // branch that it comes from
	Bot           bool   // its author is a bot account
	Merge         string // commit by which it was merged
	MergedAt      time.Time
}

// Repository is what is needed of a repository.
type Repository struct {
	ID      int64
	Private bool
}

// LabelEvent is one labeled or unlabeled event of an issue.
type LabelEvent struct {
	Label string
	On    bool
	Actor Account
	At    time.Time
}

// reader reads one issue. Every method reads all of what it names or fails:
// a part is never returned for the whole.
type reader interface {
	Repository(ctx context.Context, repo string) (Repository, error)
	Issue(ctx context.Context, key Key) (work.Issue, error)
	// Comments lists all comments, ascending by id, with GitHub's Date.
	Comments(ctx context.Context, key Key) ([]Comment, time.Time, error)
	// Standings tells which of the comments and reviews, by GraphQL id, were ever
	// edited.
	Standings(ctx context.Context, nodes []string) (map[string]Standing, error)
	LabelEvents(ctx context.Context, key Key) ([]LabelEvent, error)
}

// pullReader reads what a pull request is beside an issue.
type pullReader interface {
	// Reviews lists the submitted reviews of a pull request that have a body,
	// ascending by time.
	Reviews(ctx context.Context, key Key) ([]Comment, error)
	Pull(ctx context.Context, key Key) (PullDetail, error)
	// PullFiles lists the paths of the files that a pull request changes, the first
	// hundred of them.
	PullFiles(ctx context.Context, key Key) ([]string, error)
}

// historian reads the edit history of a comment: its earlier texts, newest
// first.
type historian interface {
	EditHistory(ctx context.Context, node string) ([]string, error)
}

// writer is every write that this program makes.
type writer interface {
	CreateComment(ctx context.Context, key Key, body string) (Comment, error)
	EditComment(ctx context.Context, key Key, id int64, body string) (Comment, error)
	DeleteComment(ctx context.Context, key Key, id int64) error
	// React reacts to a comment or review: "+1", "confused".
	React(ctx context.Context, key Key, to Comment, content string) error
	AddLabel(ctx context.Context, key Key, label string) error
	RemoveLabel(ctx context.Context, key Key, label string) error
}

// milestones takes issues out of milestones. Nothing of ours but a prune does.
type milestones interface {
	ClearMilestone(ctx context.Context, key Key) error
	// SetMilestone puts an issue into the milestone with a title. Where the repository
	// has none of that title nothing is set: ErrGone.
	SetMilestone(ctx context.Context, key Key, title string) error
}

// ListedComment is a comment in a repository's list.
type ListedComment struct {
	Key    Key
	Author Account
	Body   string
}

// Filter chooses issues of a list. Empty fields choose all.
type Filter struct {
	Since     time.Time // updated at or after
	Label     string
	Milestone string // title
	OpenOnly  bool
}

// lister lists a repository, for the sweep.
type lister interface {
	Issues(ctx context.Context, repo string, f Filter) ([]work.Issue, error)
	// CommentsSince lists comments that were made or edited since, with the
	// Date of the first answer.
	CommentsSince(ctx context.Context, repo string, since time.Time) ([]ListedComment, time.Time, error)
}

// FileVersion is one commit that changed a file.
type FileVersion struct {
	Commit string
	At     time.Time
}

// TreeFile is a file of a repository's tree.
type TreeFile struct {
	Path, Blob string
}

// archive reads files of a repository.
type archive interface {
	// FileHistory lists the commits of a file on the default branch, newest
	// first, back to the one that held at the time given.
	FileHistory(ctx context.Context, repo, path string, back time.Time) ([]FileVersion, error)
	File(ctx context.Context, repo, path, ref string) ([]byte, error)
	Tree(ctx context.Context, repo string) ([]TreeFile, error)
	// Blobs reads the texts of blobs by their hash.
	Blobs(ctx context.Context, repo string, blobs []string) (map[string]string, error)
}

// directory reads teams.
type directory interface {
	// Members lists the active members of a team, not those whose invitation
	// is pending. ErrCannotTell if GitHub answers but does not say (403, 404).
	Members(ctx context.Context, org, team string) ([]string, error)
}

// ErrCannotTell is an answer that says nothing: the App may not see it, or it
// is not there.
var ErrCannotTell = errors.New("GitHub answers, but does not say")

// ErrGone is the answer for something that is not there, or no more.
var ErrGone = errors.New("not there")

// ErrForbidden is GitHub's answer to a write that it does not let us do here: the
// issue is locked, the repository archived, or the App lacks the right.
var ErrForbidden = errors.New("not allowed")

// Wait is the error of a round that must be made again at a known time.
type Wait struct {
	For time.Duration // from now, by the local clock
	Why string
	// Record: the record of the issue must not be written now, and nothing else is
	// in the way. Other issues can be read.
	Record bool
}

func (w *Wait) Error() string { return fmt.Sprintf("wait %s: %s", w.For.Round(time.Second), w.Why) }

var (
	_ reader     = (*Client)(nil)
	_ pullReader = (*Client)(nil)
	_ milestones = (*Client)(nil)
	_ historian  = (*Client)(nil)
	_ writer     = (*Client)(nil)
	_ lister     = (*Client)(nil)
	_ archive    = (*Client)(nil)
	_ directory  = (*Client)(nil)
)
