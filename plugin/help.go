package plugin

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"sigs.k8s.io/prow/pkg/pluginhelp"

	"github.com/steelthread/steelthread/config"
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
	var out []Command
	for _, c := range work.Commands {
		listed := Command{Place: "work items", Verb: c.Verb, Summary: c.Summary}
		for _, f := range c.Forms {
			listed.Forms = append(listed.Forms, CommandForm{Usage: f.Usage(), Who: whoSays(f), Summary: f.Summary, Examples: f.Examples})
		}
		out = append(out, listed)
	}
	return out
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
