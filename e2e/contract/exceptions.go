package contract

import "strings"

// exception excuses one known mistake of the published description. Empty fields match everything.
type exception struct {
	Subject string // as in Violation, or a prefix ending in "*"
	Part    string // a prefix
	Pointer string // parts may be "*"; after a leading "**" only the end is compared
	Want    string // a part of the text
	Why     string // the evidence that the description is wrong, not the stand-in
}

// exceptions is short on purpose. An entry needs a source outside of this project.
var exceptions = []exception{
	{
		Subject: "webhook *", Part: "payload", Pointer: "**/user_view_type", Want: "a field of the description",
		Why: "GitHub sends it with every user since 2024; the description names it for most places of a user, not for all",
	},
	{
		Subject: "webhook pull-request-review-*", Part: "payload", Pointer: "**/repo/has_discussions", Want: "a field of the description",
		Why: "the description has it for the repository of every other pull request event, and for repositories as such",
	},
	{
		Subject: "webhook pull-request-milestoned", Part: "payload", Pointer: "/installation", Want: "a field of the description",
		Why: "every delivery to an App names its installation; the description has it for other pull request events and for milestones of issues",
	},
	{
		Subject: "webhook pull-request-demilestoned", Part: "payload", Pointer: "/installation", Want: "a field of the description",
		Why: "the same for a milestone that was taken off",
	},
	{
		Subject: "*", Part: "answer 422", Pointer: "/status", Want: "a field of the description",
		Why: `GitHub's errors end in "status":"422" since 2024; the description has it for basic errors, not for validation errors`,
	},
	{
		Subject: "POST /app/installations/{installation_id}/access_tokens", Part: "request body", Want: "Value is not nullable",
		Why: "ghinstallation sends null when it asks for no restriction, as every App built on it does; GitHub takes it",
	},
	{
		Subject: "GET /app/installations", Part: "answer 200", Pointer: "/*/account/*", Want: "required",
		Why: "written there with allOf of a user and an enterprise; the description's own component installation says anyOf",
	},
	{
		Subject: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels", Part: "request body", Want: "value must be an object",
		Why: "the description's own text says that an array of labels may be passed directly; its schema forgot it",
	},
	{
		Subject: "POST /repos/{owner}/{repo}/labels", Part: "request body", Pointer: "/url", Want: "a field of the description",
		Why: "Prow's client sends its whole Label type, with an empty url; GitHub ignores fields that it does not know",
	},
	{
		Subject: "PATCH /repos/{owner}/{repo}/labels/{name}", Part: "request body", Pointer: "/url", Want: "a field of the description",
		Why: "Prow's client sends its whole Label type, with an empty url; GitHub ignores fields that it does not know",
	},
	{
		Subject: "PATCH /repos/{owner}/{repo}/labels/{name}", Part: "request body", Pointer: "/name", Want: "a field of the description",
		Why: "the name of new_name in GitHub's first API, still taken: label_sync renames Kubernetes' labels with it",
	},
}

func excused(v Violation) bool {
	for _, e := range exceptions {
		if e.matches(v) {
			return true
		}
	}
	return false
}

func (e exception) matches(v Violation) bool {
	if prefix, ok := strings.CutSuffix(e.Subject, "*"); ok {
		if !strings.HasPrefix(v.Subject, prefix) {
			return false
		}
	} else if e.Subject != "" && e.Subject != v.Subject {
		return false
	}
	return strings.HasPrefix(v.Part, e.Part) && strings.Contains(v.Want, e.Want) &&
		(e.Pointer == "" || pointerMatches(e.Pointer, v.Pointer))
}

func pointerMatches(pattern, pointer string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(pointer, "/")
	if want[0] == "**" && len(got) >= len(want) {
		want, got = want[1:], got[len(got)-len(want)+1:]
	}
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != got[i] {
			return false
		}
	}
	return true
}
