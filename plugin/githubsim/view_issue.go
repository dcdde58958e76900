package githubsim

import "net/url"

func escape(s string) string { return url.PathEscape(s) }

func (v *view) issueURL(i *issue) string {
	return v.api + "/repos/" + i.repo.full() + "/issues/" + itoa(int64(i.Number))
}

func (v *view) issueHTML(i *issue) string {
	kind := "/issues/"
	if i.pull != nil {
		kind = "/pull/"
	}
	return v.html + "/" + i.repo.full() + kind + itoa(int64(i.Number))
}

// issue renders an issue, or a pull request as an issue.
func (v *view) issue(i *issue) obj {
	at := v.issueURL(i)
	id := i.ID
	if i.pull != nil {
		id = i.pull.ID
	}
	o := obj{"url": at, "repository_url": v.api + "/repos/" + i.repo.full(), "labels_url": at + "/labels{/name}",
		"comments_url": at + "/comments", "events_url": at + "/events", "timeline_url": at + "/timeline",
		"html_url": v.issueHTML(i), "id": id, "node_id": i.node(), "number": i.Number, "title": i.Title,
		"user": v.user(i.author), "labels": list(i.labels, v.label), "state": i.State, "locked": i.Locked,
		"active_lock_reason": orNull(i.lockWhy), "assignee": nil, "assignees": list(i.assignees, v.userObj),
		"milestone": nil, "comments": len(i.comments), "created_at": stamp(i.created), "updated_at": stamp(i.updated),
		"closed_at": stampOrNull(i.closed), "state_reason": orNull(i.Reason),
		"author_association": v.g.association(i.author, i.repo), "body": textOrNull(i.Body),
		"reactions": v.rollup(at, i.reactions), "performed_via_github_app": v.via(i.via), "type": nil,
		"sub_issues_summary":         obj{"total": 0, "completed": 0, "percent_completed": 0},
		"issue_dependencies_summary": obj{"blocked_by": 0, "blocking": 0, "total_blocked_by": 0, "total_blocking": 0}}
	if !v.hook {
		o["closed_by"] = v.user(i.closedBy)
	}
	if len(i.assignees) > 0 {
		o["assignee"] = v.user(i.assignees[0])
	}
	if i.milestone != nil {
		o["milestone"] = v.milestone(i.milestone)
	}
	if i.pinned != nil && !v.hook {
		o["pinned_comment"] = v.comment(i.pinned)
	}
	if p := i.pull; p != nil {
		html := v.issueHTML(i)
		o["pull_request"] = obj{"url": v.pullURL(i), "html_url": html, "diff_url": html + ".diff",
			"patch_url": html + ".patch", "merged_at": stampOrNull(p.mergedAt)}
		o["draft"] = p.Draft
	}
	return o
}

// rollup is the summary of reactions of the thing at the address.
func (v *view) rollup(at string, xs []*reaction) obj {
	o := obj{"url": at + "/reactions", "total_count": len(xs)}
	for _, c := range reactionKinds {
		o[c] = 0
	}
	for _, x := range xs {
		o[x.Content] = o[x.Content].(int) + 1
	}
	return o
}

var reactionKinds = []string{"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"}

func (v *view) reaction(x *reaction) obj {
	return obj{"id": x.ID, "node_id": nodeID("REA", x.ID), "user": v.user(x.user), "content": x.Content,
		"created_at": stamp(x.created)}
}

func (v *view) via(a *app) any {
	if a == nil {
		return nil
	}
	return v.app(a)
}

func (v *view) app(a *app) obj {
	return merge(obj{"id": a.ID, "slug": a.Slug, "node_id": nodeID("A", a.ID), "client_id": "Iv1." + itoa(a.ID),
		"owner": v.userObj(a.bot), "name": a.Slug, "description": "", "external_url": v.html + "/apps/" + a.Slug,
		"html_url": v.html + "/apps/" + a.Slug, "created_at": stamp(a.created), "updated_at": stamp(a.created)},
		a.rights.shown())
}

func (v *view) installation(a *app, o *org) obj {
	id := a.installations[o.Login]
	return merge(obj{"id": id, "account": v.ownerUser(o), "repository_selection": "all", "app_id": a.ID, "app_slug": a.Slug,
		"access_tokens_url": v.api + "/app/installations/" + itoa(id) + "/access_tokens",
		"repositories_url":  v.api + "/installation/repositories", "target_id": o.ID, "target_type": "Organization",
		"html_url":   v.html + "/organizations/" + o.Login + "/settings/installations/" + itoa(id),
		"created_at": stamp(a.created), "updated_at": stamp(a.created), "single_file_name": nil},
		merge(a.accepted[o.Login].shown(), v.suspension(a, o)))
}

func (v *view) comment(c *comment) obj {
	at := v.api + "/repos/" + c.issue.repo.full() + "/issues/comments/" + itoa(c.ID)
	o := obj{"url": at, "html_url": v.issueHTML(c.issue) + "#issuecomment-" + itoa(c.ID),
		"issue_url": v.issueURL(c.issue), "id": c.ID, "node_id": c.node(), "user": v.user(c.author),
		"created_at": stamp(c.created), "updated_at": stamp(c.updated),
		"author_association": v.g.association(c.author, c.issue.repo), "body": c.Body,
		"reactions": v.rollup(at, c.reactions), "performed_via_github_app": v.via(c.via)}
	if c.pinnedBy != nil {
		o["pin"] = obj{"pinned_at": stamp(c.pinnedAt), "pinned_by": v.user(c.pinnedBy)}
	}
	return o
}

func (v *view) review(w *review, hook bool) obj {
	html := v.issueHTML(w.issue) + "#pullrequestreview-" + itoa(w.ID)
	state := w.State
	if hook {
		// Webhooks write the state in small letters, REST in capitals.
		state = map[string]string{"APPROVED": "approved", "CHANGES_REQUESTED": "changes_requested",
			"COMMENTED": "commented", "DISMISSED": "dismissed"}[state]
	}
	return obj{"id": w.ID, "node_id": w.node(), "user": v.user(w.author), "body": w.Body,
		"commit_id": w.SHA, "submitted_at": stamp(w.at), "state": state, "html_url": html,
		"pull_request_url": v.pullURL(w.issue), "author_association": v.g.association(w.author, w.issue.repo),
		"_links": obj{"html": obj{"href": html}, "pull_request": obj{"href": v.pullURL(w.issue)}}}
}

// event renders one entry of the history. timeline and the issue's events share the shape.
func (v *view) event(i *issue, e *event) obj {
	o := obj{"id": e.ID, "node_id": nodeID("LE", i.repo.ID, e.ID), "actor": v.user(e.actor), "event": e.Kind,
		"url":       v.api + "/repos/" + i.repo.full() + "/issues/events/" + itoa(e.ID),
		"commit_id": orNull(e.commit), "commit_url": nil, "created_at": stamp(e.at), "performed_via_github_app": nil}
	if e.commit != "" {
		o["commit_url"] = v.api + "/repos/" + i.repo.full() + "/commits/" + e.commit
	}
	switch e.Kind {
	case "labeled", "unlabeled":
		o["label"] = obj{"name": e.label.Name, "color": e.label.Color}
	case "milestoned", "demilestoned":
		o["milestone"] = obj{"title": e.stone}
	case "assigned", "unassigned":
		o["assignee"], o["assigner"] = v.user(e.assignee), v.user(e.actor)
	case "renamed":
		o["rename"] = obj{"from": e.from, "to": e.to}
	case "closed", "reopened":
		o["state_reason"] = orNull(e.reason)
	case "locked", "unlocked":
		o["lock_reason"] = orNull(e.reason)
	case "review_dismissed":
		o["dismissed_review"] = obj{"state": "approved", "review_id": e.review.ID, "dismissal_message": nil}
	}
	return o
}

// timelineComment is a comment in the timeline.
func (v *view) timelineComment(c *comment) obj {
	return merge(v.comment(c), obj{"event": "commented", "actor": v.user(c.author)})
}
