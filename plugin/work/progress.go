package work

import "github.com/steelthread/steelthread/plugin/slash"

// The states of /progress.
const (
	OnTrack = "on-track"
	AtRisk  = "at-risk"
	Slipped = "slipped"
)

// progressCommand carries status to the product-management meeting.
var progressCommand = Command{
	Verb:    "progress",
	Summary: "Say how the work goes, for the product-management meeting.",
	Forms: []Form{{
		Form: slash.Form{Verb: "progress", Args: []slash.Arg{
			{Name: "state", Kind: slash.Choice(OnTrack, AtRisk, Slipped)},
			release,
			{Name: "text", Kind: slash.Text, Optional: true},
		}, Examples: []string{"/progress on-track", "/progress at-risk waiting for API review"}},
		Who:     planners,
		Summary: "On track, at risk or slipped. The last word counts, all are kept.",
		Apply: func(i *Item, s Said, v slash.Values) {
			text, _ := v["text"].(string)
			i.Progress = &Progress{State: v["state"].(string), Text: text, Said: s}
		},
	}},
}
