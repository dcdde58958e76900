package config

import "strconv"

// Label is one label that the plugin sets, in the words of label_sync (k8s.io/test-infra).
type Label struct {
	// Name in exact case: Tide compares so.
	Name string `json:"name"`
	// Color is six hex digits, without #.
	Color string `json:"color"`
	// Description has at most 100 characters, GitHub's limit.
	Description string `json:"description"`
	// Target is issues, prs or both.
	Target string `json:"target"`
	// ProwPlugin is the plugin that sets it.
	ProwPlugin string `json:"prowPlugin"`
	// External tells that this is no plugin of hook's own.
	External bool `json:"isExternalPlugin"`
	// AddedBy says whose command leads to it.
	AddedBy string `json:"addedBy"`
}

// Names of the labels that people's tools depend on.
const (
	LabelApproved           = "milestone-approved"
	LabelProposed           = "plan/proposed"
	LabelBlocked            = "plan/blocked"
	LabelUnplanned          = "plan/unplanned"
	LabelExceptionRequested = "exception/requested"
	LabelExceptionApproved  = "exception/approved"
	LabelNeedsKEP           = "do-not-merge/needs-kep"
	LabelKEPChecked         = "kep-checked"
)

// PluginName is the plugin's name in Prow's plugins.yaml and in label_sync.
const PluginName = "steelthread"

// Labels lists every label that the plugin sets or clears, by name. labels.yaml, to be pasted into label_sync's file,
// agrees with it; a test says so.
func Labels() []Label {
	const green, yellow, red, grey = "0e8a16", "fbca04", "e11d21", "c2e0c6"
	labels := []Label{
		{Name: LabelNeedsKEP, Color: red, Target: "prs", AddedBy: "the bot alone",
			Description: "Indicates that a PR should not merge because it names no KEP and no reason for having none."},
		{Name: LabelExceptionApproved, Color: green, Target: "issues", AddedBy: "release lead and product management",
			Description: "Denotes an issue whose request for an exception to a freeze was granted."},
		{Name: LabelExceptionRequested, Color: yellow, Target: "issues", AddedBy: "facilitator, SIG lead or owner",
			Description: "Denotes an issue that awaits a decision on an exception to a freeze."},
		{Name: LabelKEPChecked, Color: grey, Target: "prs", AddedBy: "the bot alone",
			Description: "Indicates that a PR is linked to its KEP or exempt for a stated reason."},
		{Name: LabelApproved, Color: green, Target: "issues", AddedBy: "the vote on the release plan",
			Description: "Denotes work that is part of the approved plan of its milestone."},
		{Name: LabelBlocked, Color: red, Target: "issues", AddedBy: "facilitators",
			Description: "Denotes planned work with an open planning block; it says nothing about merging."},
		{Name: LabelProposed, Color: yellow, Target: "issues", AddedBy: "facilitator or SIG lead",
			Description: "Denotes work that its SIG put into the plan of its milestone."},
		{Name: LabelUnplanned, Color: grey, Target: "both", AddedBy: "the bot alone",
			Description: "Denotes work in a milestone that its approved plan does not contain."},
	}
	for i := range labels {
		labels[i].ProwPlugin, labels[i].External = PluginName, true
	}
	return labels
}

// YAML is the label as an entry of label_sync's list, each line behind indent.
func (l Label) YAML(indent string) string {
	return indent + "- color: " + l.Color + "\n" +
		indent + "  description: " + l.Description + "\n" +
		indent + "  name: " + l.Name + "\n" +
		indent + "  target: " + l.Target + "\n" +
		indent + "  prowPlugin: " + l.ProwPlugin + "\n" +
		indent + "  isExternalPlugin: " + strconv.FormatBool(l.External) + "\n" +
		indent + "  addedBy: " + l.AddedBy + "\n"
}
