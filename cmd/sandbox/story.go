package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
	Say  string `json:"say,omitempty"`   // the comment
	Try  string `json:"try,omitempty"`   // why a viewer may want to do it by hand; "" if not
}

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
		if _, err := slash.ParseKey(x.On); x.Say != "" && err != nil {
			return nil, fmt.Errorf("seed: %s: steps[%d].issue: %w", storyFile, k, err)
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
		if x.Say == "" {
			continue
		}
		if err := s.speak(ctx, out, x); err != nil {
			return err
		}
		if err := pause(ctx, reading(x.Say, speed)); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\nThe end. The sandbox goes on: %s/ (Ctrl-C stops it)\n", s.base)
	return nil
}

// speak makes one comment and tells what the bot made of it.
func (s *sandbox) speak(ctx context.Context, out io.Writer, x step) error {
	key, err := slash.ParseKey(x.On)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "      %s/%s/%s/issues/%d\n", s.base, key.Org, key.Repo, key.Number)
	for line := range strings.Lines(strings.TrimSpace(x.Say)) {
		fmt.Fprintf(out, "      %s: %s\n", x.As, strings.TrimRight(line, "\n"))
	}
	_, before, _, _ := s.bot.list()
	sent := map[string]string{"body": strings.TrimSpace(x.Say)}
	if err := s.ask(ctx, x.As, http.MethodPost, issuePath(key)+"/comments", sent, nil); err != nil {
		return err
	}
	if err := s.settle(ctx, before+1); err != nil {
		return err
	}
	writes, after, _, _ := s.bot.list()
	for k := min(after-before, len(writes)) - 1; k >= 0; k-- {
		w := writes[k]
		fmt.Fprintf(out, "      → %s#%d: %s\n", w.Repo, w.Issue, w)
	}
	return nil
}

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
