package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/slash"
)

// storyFile is the story that --script plays, within a seed.
const storyFile = "story.yaml"

// step is one thing that happens in a story.
type step struct {
	Tell string `json:"tell"`            // what the viewer is told before it
	As   string `json:"as,omitempty"`    // who speaks
	On   string `json:"issue,omitempty"` // "org/repo#n"
	Say  string `json:"say,omitempty"`   // the comment; HASH in it is what the issue offers to confirm
	Do   string `json:"do,omitempty"`    // "merge" merges the pull request instead
	Pass string `json:"pass,omitempty"`  // how much time passes then, "1m"
	Try  string `json:"try,omitempty"`   // why a viewer may want to do it by hand; "" if not
	// Until is when it happens: the clock goes on to there first.
	Until time.Time `json:"until,omitempty"`
	// Look is where to see what came of it, as a path of the page. It is told last.
	Look string `json:"look,omitempty"`
}

// doMerge is what a step may do beside speaking.
const doMerge = "merge"

// acts tells whether something happens in a step, beside what is told.
func (x step) acts() bool { return x.Say != "" || x.Do != "" }

// story reads the seed's story; a seed may have none.
func (s *seed) story() ([]step, error) {
	raw, ok := s.rewritten[storyFile]
	if !ok {
		return nil, nil
	}
	var in struct {
		Steps []step `json:"steps"`
	}
	if err := yaml.UnmarshalStrict(raw, &in); err != nil {
		return nil, fmt.Errorf("seed: %s: %w", storyFile, err)
	}
	for k, x := range in.Steps {
		if _, err := slash.ParseKey(x.On); x.acts() && err != nil {
			return nil, fmt.Errorf("seed: %s: steps[%d].issue: %w", storyFile, k, err)
		}
		if x.Do != "" && (x.Do != doMerge || x.Say != "") {
			return nil, fmt.Errorf("seed: %s: steps[%d].do: it is %q or nothing, and goes without say", storyFile, k, doMerge)
		}
		if d, err := time.ParseDuration(cmp.Or(x.Pass, "1m")); err != nil || d <= 0 {
			return nil, fmt.Errorf("seed: %s: steps[%d].pass: a duration is written like 1m, not %q", storyFile, k, x.Pass)
		}
	}
	return in.Steps, nil
}

// patience is how long a story waits for the plugin to be done with a step, and calm for how long it must have made no
// request to be so.
const patience, calm = 30 * time.Second, 300 * time.Millisecond

// play plays the story to the end, at most as fast as it can be read, speed times faster, and tells it to out.
func (s *sandbox) play(ctx context.Context, out io.Writer, speed float64) error {
	if err := s.settle(ctx, 0); err != nil {
		return err
	}
	for k, x := range s.story {
		fmt.Fprintf(out, "\n%d/%d  %s\n", k+1, len(s.story), x.Tell)
		s.hub.tell(change{What: x.Tell})
		if err := pause(ctx, reading(x.Tell, speed)); err != nil {
			return err
		}
		if err := s.goOn(ctx, out, x.Until); err != nil {
			return err
		}
		if x.acts() {
			if err := s.act(ctx, out, x); err != nil {
				return err
			}
		}
		if x.Pass != "" {
			if err := s.pass(ctx, out, x.Pass, speed); err != nil {
				return err
			}
		}
		if x.Look != "" {
			fmt.Fprintf(out, "      see %s%s\n", s.base, x.Look)
		}
		if err := pause(ctx, reading(x.Say+x.Look, speed)); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\nThe end. The sandbox goes on: %s/ (Ctrl-C stops it)\n", s.base)
	return nil
}

// act makes one comment, or merges, and tells what the bot made of it.
func (s *sandbox) act(ctx context.Context, out io.Writer, x step) error {
	key, err := slash.ParseKey(x.On)
	if err != nil {
		return err
	}
	i, _ := s.snapshot(key)
	fmt.Fprintf(out, "      %s%s\n", s.base, pagePath(key, i.IsPull))
	say := withHash(strings.TrimSpace(x.Say), i)
	return s.watched(ctx, out, 1, func() error {
		if x.Do == doMerge {
			fmt.Fprintf(out, "      %s merges it\n", x.As)
			return s.merge(ctx, x.As, key)
		}
		for line := range strings.Lines(say) {
			fmt.Fprintf(out, "      %s: %s\n", x.As, strings.TrimRight(line, "\n"))
		}
		sent := map[string]string{"body": say}
		return s.ask(ctx, x.As, http.MethodPost, issuePath(key)+"/comments", sent, nil)
	})
}

// offered is the line that confirms a prune, as the plan shows it.
var offered = regexp.MustCompile(`/plan prune confirm ([0-9a-f]{8})`)

// withHash fills in, for HASH, what the issue last offered to paste.
func withHash(say string, i githubsim.IssueSnapshot) string {
	for _, c := range slices.Backward(i.Comments) {
		if m := offered.FindStringSubmatch(c.Body); m != nil {
			return strings.ReplaceAll(say, "HASH", m[1])
		}
	}
	return say
}

// pass lets time pass, so that nobody waits for it.
func (s *sandbox) pass(ctx context.Context, out io.Writer, by string, speed float64) error {
	d, err := time.ParseDuration(by)
	if err != nil {
		return err
	}
	if err := pause(ctx, reading("", speed)); err != nil {
		return err
	}
	fmt.Fprintf(out, "      (%s later)\n", by)
	return s.watched(ctx, out, 1, func() error {
		s.advance(d + time.Second) // GitHub's times are whole seconds
		return nil
	})
}

// goOn moves the clock to an instant, and does nothing if that is none or past.
func (s *sandbox) goOn(ctx context.Context, out io.Writer, to time.Time) error {
	by := to.Sub(s.clock.now())
	if to.IsZero() || by <= 0 {
		return nil
	}
	fmt.Fprintf(out, "      (on to %s)\n", to.UTC().Format("Mon 2 Jan 2006, 15:04 UTC"))
	return s.watched(ctx, out, 0, func() error {
		s.advance(by)
		return pause(ctx, calm) // nothing need come of it
	})
}

// watched does something, waits until the bot has made so many writes at least and is done, and tells what it wrote.
func (s *sandbox) watched(ctx context.Context, out io.Writer, least int, do func() error) error {
	_, before, _, _ := s.bot.list()
	if err := do(); err != nil {
		return err
	}
	if err := s.settle(ctx, before+least); err != nil {
		return err
	}
	writes, after, _, _ := s.bot.list()
	made := writes[:min(after-before, len(writes))]
	for k, w := range slices.Backward(made) {
		if many := len(made) - 1 - k; many == maxTold {
			fmt.Fprintf(out, "      → and %d more, on the page\n", k+1)
			break
		}
		fmt.Fprintf(out, "      → %s#%d: %s\n", w.Repo, w.Issue, w)
	}
	return nil
}

// maxTold is how many writes a step tells of.
const maxTold = 12

// settle waits until the plugin has made so many writes since the start and has nothing more to do, or patience is at an
// end.
func (s *sandbox) settle(ctx context.Context, writes int) error {
	for waited := time.Duration(0); waited < patience; waited += calm / 3 {
		if _, made, _, _ := s.bot.list(); made >= writes && s.quiet(calm) {
			return nil
		}
		if err := pause(ctx, calm/3); err != nil {
			return err
		}
	}
	return nil
}

// reading is how long it takes to read a text: a second, and one more for every twenty characters.
func reading(text string, speed float64) time.Duration {
	return time.Duration(float64(time.Second+time.Duration(len(text))*time.Second/20) / speed)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Link leads to the step's issue with its words filled in.
func (x step) Link() string {
	key, err := slash.ParseKey(x.On)
	if err != nil {
		return "/"
	}
	return fmt.Sprintf("/%s/%s/issues/%d?as=%s&say=%s#say", key.Org, key.Repo, key.Number, url.QueryEscape(x.As), url.QueryEscape(strings.TrimSpace(x.Say)))
}

func issuePath(key slash.Key) string {
	return fmt.Sprintf("/repos/%s/%s/issues/%d", key.Org, key.Repo, key.Number)
}

// snapshot gives an issue, or false if there is none.
func (s *sandbox) snapshot(key slash.Key) (githubsim.IssueSnapshot, bool) {
	for _, i := range s.issues(key.Repository()) {
		if i.Number == key.Number {
			return i, true
		}
	}
	return githubsim.IssueSnapshot{}, false
}
