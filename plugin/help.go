package plugin

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"sigs.k8s.io/prow/pkg/pluginhelp"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// Command is one verb for help and the reference in docs/, wherever it may be
// used.
type Command struct {
	Place   string // "work items", "the plan issue", "pull requests"
	Verb    string
	Summary string
	Forms   []CommandForm
}

// CommandForm is one form of a command.
type CommandForm struct {
	Usage    string
	Who      string
	Summary  string
	Examples []string
}

// Commands lists every command by place and verb. All of it derives from the
// command values; nothing is typed twice.
func Commands() []Command {
	return slices.Concat(commandsAt("work items", work.Commands), commandsAt("the plan issue", plan.Commands), commandsAt("pull requests", thread.Commands))
}

// commandsAt lists the verbs of one place.
func commandsAt[F work.Spoken](place string, commands work.CommandSet[F]) []Command {
	var out []Command
	for _, c := range commands {
		one := Command{Place: place, Verb: c.Verb, Summary: c.Summary}
		for _, spoken := range c.Forms {
			f := spoken.Base()
			one.Forms = append(one.Forms, CommandForm{Usage: f.Usage(), Who: whoSays(f), Summary: f.Summary, Examples: f.Examples})
		}
		out = append(out, one)
	}
	return out
}

// Verbs lists every verb, wherever it may be said, each once.
func Verbs() []string {
	verbs := work.Commands.Verbs()
	for _, verb := range slices.Concat(thread.Commands.Verbs(), plan.Commands.Verbs()) {
		if !slices.Contains(verbs, verb) {
			verbs = append(verbs, verb)
		}
	}
	return verbs
}

func whoSays(f work.Form) string {
	if f.Speakers != "" {
		return f.Speakers
	}
	var who []string
	for _, w := range f.Who {
		sig := "the owning SIG"
		if w.Any {
			sig = "any SIG"
		}
		who = append(who, w.Title(sig))
	}
	return strings.Join(who, ", ")
}

// Help is what hook's /plugin-help and Deck's command page show. Deck writes
// the usage as HTML, so placeholders stand in square brackets.
func Help(cfg *config.Config) pluginhelp.PluginHelp {
	help := pluginhelp.PluginHelp{
		Description: "Steelthread carries a release from plan to ship: work items are committed to increments with a confidence, dependencies are asked and promised, and every accepted word is kept in a signed record on the issue.",
		Config:      map[string]string{},
		Events:      Events,
	}
	for _, repo := range cfg.WorkRepos() {
		text := "Commands are read here. A short KEP reference means " + repo.KEPs + "."
		if mode := threadsInWords(repo.Threads); mode != "" {
			text += " " + mode
		}
		if repo.Quiet {
			text += " Quiet: only decisions are posted as comments."
		}
		help.Config[repo.Name] = text
	}
	for _, c := range Commands() {
		for _, f := range c.Forms {
			help.AddCommand(pluginhelp.Command{Usage: f.Usage, Featured: c.Verb == "commit", Description: f.Summary + " On " + c.Place + ".", WhoCanUse: f.Who, Examples: f.Examples})
		}
	}
	return help
}

// threadsInWords says what is asked of pull requests, "" if nothing is.
func threadsInWords(t config.Threads) string {
	byMode := map[config.Mode][]string{}
	for _, s := range t.Selectors() {
		name := s.Label
		if name == config.EveryPull {
			name = "all pull requests"
		}
		if s.Branch != "" {
			name += " into " + s.Branch
		}
		byMode[s.Mode] = append(byMode[s.Mode], name)
	}
	var out []string
	for _, mode := range []struct {
		config.Mode
		words string
	}{
		{config.ModeBlockUnplanned, "Pull requests need a KEP in the approved plan to merge: "},
		{config.ModeBlock, "Pull requests need a KEP, or a reason for none, to merge: "},
		{config.ModeWarn, "Pull requests without a KEP get a comment: "},
	} {
		if list := byMode[mode.Mode]; len(list) > 0 {
			out = append(out, mode.words+strings.Join(list, ", ")+".")
		}
	}
	return strings.Join(out, " ")
}

// HelpHandler answers hook: POST a list of {"Org","Repo"}, get the help as
// JSON. Anything else is 405, as Prow's own plugins answer.
func HelpHandler(cfg func() *config.Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "ask by POST", http.StatusMethodNotAllowed)
			return
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(req.Body, 1<<20))
		data, err := json.Marshal(Help(cfg()))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(data)
	})
}
