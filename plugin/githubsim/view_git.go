package githubsim

import "strings"

func (v *view) pullURL(i *issue) string {
	return v.api + "/repos/" + i.repo.full() + "/pulls/" + itoa(int64(i.Number))
}

// pull renders a pull request; full adds what lists leave out.
func (v *view) pull(i *issue, full bool) obj {
	p, at, html := i.pull, v.pullURL(i), v.issueHTML(i)
	as, repoAt := v.issue(i), v.api+"/repos/"+i.repo.full()
	o := obj{"url": at, "id": p.ID, "node_id": i.node(), "html_url": html, "diff_url": html + ".diff",
		"patch_url": html + ".patch", "issue_url": v.issueURL(i), "commits_url": at + "/commits",
		"review_comments_url": at + "/comments", "review_comment_url": repoAt + "/pulls/comments{/number}",
		"comments_url": v.issueURL(i) + "/comments", "statuses_url": repoAt + "/statuses/" + p.HeadSHA,
		"merged_at": stampOrNull(p.mergedAt), "merge_commit_sha": orNull(p.mergeSHA), "draft": p.Draft,
		"requested_reviewers": list(p.reviewers, v.userObj), "requested_teams": []obj{}, "auto_merge": nil,
		"head": v.branchOf(i, p.HeadOwner, p.HeadRef, p.HeadSHA), "base": v.branchOf(i, i.repo.Owner, p.BaseRef, p.BaseSHA)}
	for _, k := range []string{"number", "state", "locked", "title", "user", "body", "labels", "milestone",
		"active_lock_reason", "created_at", "updated_at", "closed_at", "assignee", "assignees", "author_association"} {
		o[k] = as[k]
	}
	link := func(s any) obj { return obj{"href": s} }
	o["_links"] = obj{"self": link(at), "html": link(html), "issue": link(o["issue_url"]),
		"comments": link(o["comments_url"]), "review_comments": link(o["review_comments_url"]),
		"review_comment": link(o["review_comment_url"]), "commits": link(o["commits_url"]), "statuses": link(o["statuses_url"])}
	if !full {
		return o
	}
	added, removed := 0, 0
	files := i.files()
	for _, f := range files {
		added, removed = added+f.added, removed+f.removed
	}
	state := "clean"
	if i.State == "closed" {
		state = "unknown"
	}
	return merge(o, obj{"merged": p.Merged, "mergeable": i.State == "open", "rebaseable": i.State == "open",
		"mergeable_state": state, "merged_by": v.user(p.mergedBy), "comments": len(i.comments), "review_comments": 0,
		"maintainer_can_modify": false, "commits": len(i.repo.between(p.BaseSHA, p.HeadSHA)), "additions": added,
		"deletions": removed, "changed_files": len(files)})
}

// files are the changes of a pull request against the merge base.
func (i *issue) files() []fileChange {
	r := i.repo
	head := r.commits[i.pull.HeadSHA]
	if head == nil {
		return nil
	}
	return r.diff(r.mergeBase(i.pull.BaseSHA, head.SHA), head)
}

func (v *view) branchOf(i *issue, owner, ref, sha string) obj {
	user := any(v.ownerUser(i.repo.org))
	if u := v.g.users[key(owner)]; u != nil {
		user = v.user(u)
	}
	return obj{"label": owner + ":" + ref, "ref": ref, "sha": sha, "user": user, "repo": v.repo(i.repo, false)}
}

func (v *view) gitUser(u *User, c *commit) obj {
	if u == nil {
		return obj{"name": "GitHub", "email": "noreply@github.com", "date": stamp(c.at)}
	}
	return obj{"name": u.Login, "email": email(u), "date": stamp(c.at)}
}

var unsigned = obj{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil}

// commit renders a commit as the commits endpoints do; full adds stats and files.
func (v *view) commit(r *repo, c *commit, full bool) obj {
	at := v.api + "/repos/" + r.full()
	html := v.html + "/" + r.full() + "/commit/"
	parents := make([]obj, 0, len(c.parents))
	for _, p := range c.parents {
		parents = append(parents, obj{"sha": p, "url": at + "/commits/" + p, "html_url": html + p})
	}
	o := obj{"sha": c.SHA, "node_id": nodeID("C", r.ID) + c.SHA[:12], "url": at + "/commits/" + c.SHA,
		"html_url": html + c.SHA, "comments_url": at + "/commits/" + c.SHA + "/comments", "author": v.user(c.author),
		"committer": v.user(c.author), "parents": parents,
		"commit": obj{"author": v.gitUser(c.author, c), "committer": v.gitUser(c.author, c), "message": c.Message,
			"tree": obj{"sha": c.Tree, "url": at + "/git/trees/" + c.Tree}, "url": at + "/git/commits/" + c.SHA,
			"comment_count": 0, "verification": unsigned}}
	if full {
		added, removed := 0, 0
		files := r.diff(r.firstParent(c), c)
		for _, f := range files {
			added, removed = added+f.added, removed+f.removed
		}
		o["stats"] = obj{"additions": added, "deletions": removed, "total": added + removed}
		o["files"] = list(files, func(f fileChange) obj { return v.file(r, c.SHA, f) })
	}
	return o
}

func (r *repo) firstParent(c *commit) *commit {
	if len(c.parents) == 0 {
		return nil
	}
	return r.commits[c.parents[0]]
}

func (v *view) file(r *repo, ref string, f fileChange) obj {
	html := v.html + "/" + r.full()
	o := obj{"sha": f.sha, "filename": f.path, "status": f.status, "additions": f.added, "deletions": f.removed,
		"changes": f.added + f.removed, "blob_url": html + "/blob/" + ref + "/" + f.path,
		"raw_url":      html + "/raw/" + ref + "/" + f.path,
		"contents_url": v.api + "/repos/" + r.full() + "/contents/" + f.path + "?ref=" + ref}
	if f.patch != "" {
		o["patch"] = f.patch
	}
	return o
}

func (v *view) status(r *repo, sha string, s *status, simple bool) obj {
	o := obj{"url": v.api + "/repos/" + r.full() + "/statuses/" + sha, "id": s.ID, "node_id": nodeID("SC", r.ID, s.ID),
		"state": s.State, "description": orNull(s.Description), "target_url": orNull(s.Target), "context": s.Context,
		"avatar_url": v.html + "/avatars/u/" + itoa(s.creator.ID), "created_at": stamp(s.created), "updated_at": stamp(s.created)}
	if !simple {
		o["creator"] = v.user(s.creator)
	}
	return o
}

func (v *view) statusEvent(r *repo, sha string, s *status) obj {
	o := obj{"id": s.ID, "sha": sha, "name": r.full(), "context": s.Context, "description": orNull(s.Description),
		"state": s.State, "target_url": orNull(s.Target), "branches": []obj{}, "created_at": stamp(s.created),
		"updated_at": stamp(s.created), "avatar_url": v.html + "/avatars/u/" + itoa(s.creator.ID), "commit": obj{}}
	if c := r.commits[sha]; c != nil {
		o["commit"] = v.commit(r, c, false)
	}
	return o
}

// push is the payload of a push event, without repository and sender.
func (v *view) push(r *repo, branch string, by *User, before string, c *commit) obj {
	created := strings.Trim(before, "0") == ""
	from := before
	if created {
		from = ""
		if len(c.parents) > 0 {
			from = c.parents[0]
		}
	}
	commits := list(r.between(from, c.SHA), func(x *commit) obj { return v.pushed(r, x) })
	return obj{"ref": "refs/heads/" + branch, "before": before, "after": c.SHA, "created": created, "deleted": false,
		"forced": false, "base_ref": nil, "compare": v.html + "/" + r.full() + "/compare/" + short(before) + "..." + short(c.SHA),
		"commits": commits, "head_commit": v.pushed(r, c), "pusher": obj{"name": by.Login, "email": email(by)}}
}

func short(sha string) string { return sha[:12] }

func (v *view) pushed(r *repo, c *commit) obj {
	who := merge(v.gitUser(c.author, c), obj{})
	delete(who, "date")
	if c.author != nil {
		who["username"] = c.author.Login
	}
	added, removed, modified := []string{}, []string{}, []string{}
	for _, f := range r.diff(r.firstParent(c), c) {
		switch f.status {
		case "added":
			added = append(added, f.path)
		case "removed":
			removed = append(removed, f.path)
		default:
			modified = append(modified, f.path)
		}
	}
	return obj{"id": c.SHA, "tree_id": c.Tree, "distinct": true, "message": c.Message, "timestamp": stamp(c.at),
		"url": v.html + "/" + r.full() + "/commit/" + c.SHA, "author": who, "committer": who, "added": added,
		"removed": removed, "modified": modified}
}
