package githubsim

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// root answers the fields of Query.
func (q *gqlRun) root(sels []selection) obj {
	at := map[string]selection{}
	for _, s := range sels {
		at[s.name] = s
	}
	return obj{
		"viewer":    q.actor(q.viewer),
		"rateLimit": q.rate(),
		"node": lazy(func(args map[string]any) any {
			id, _ := args["id"].(string)
			if x := q.nodeAt(id); x != nil {
				return x
			}
			q.fail(at["node"], "NOT_FOUND", "Could not resolve to a node with the global id of '%s'", id)
			return nil
		}),
		"nodes": lazy(func(args map[string]any) any {
			ids, _ := args["ids"].([]any)
			out := make([]obj, len(ids))
			for k, id := range ids {
				if out[k] = q.nodeAt(fmt.Sprint(id)); out[k] == nil {
					q.fail(at["nodes"], "NOT_FOUND", "Could not resolve to a node with the global id of '%v'", id)
				}
			}
			return out
		}),
		"search": lazy(func(args map[string]any) any { return q.find(at["search"], args) }),
		"repository": lazy(func(args map[string]any) any {
			full := fmt.Sprint(args["owner"]) + "/" + fmt.Sprint(args["name"])
			r := q.g.repos[key(full)]
			if r == nil || q.g.role(q.viewer, r) == "none" {
				q.fail(at["repository"], "NOT_FOUND", "Could not resolve to a Repository with the name '%s'.", full)
				return nil
			}
			return q.gqlRepository(r)
		}),
	}
}

// gqlRepository answers files by the hash of their blob. GitHub gives no text of a binary file, and cuts a long one.
func (q *gqlRun) gqlRepository(r *repo) obj {
	owner := obj{"__typename": "Organization", "login": r.Owner}
	return obj{"name": r.Name, "nameWithOwner": r.full(), "owner": owner, "object": lazy(func(args map[string]any) any {
		oid := fmt.Sprint(args["oid"])
		raw, ok := r.blobs[oid]
		if !ok {
			return nil
		}
		o := obj{"__typename": "Blob", "oid": oid, "text": nil, "byteSize": len(raw), "isTruncated": len(raw) > maxBlobText,
			"isBinary": bytes.ContainsRune(raw, 0)}
		if o["isBinary"] == false {
			o["text"] = string(raw[:min(len(raw), maxBlobText)])
		}
		return o
	})}
}

// maxBlobText is how many bytes of a file GraphQL gives as text.
const maxBlobText = 512000

func (q *gqlRun) rate() obj {
	r := q.g.quotaOf(q.call)
	return obj{"cost": 1, "limit": r.limit, "remaining": r.limit - r.used, "used": r.used, "resetAt": stamp(r.reset), "nodeCount": 0}
}

// nodeAt finds by global id what the asker may see.
func (q *gqlRun) nodeAt(id string) obj {
	switch x := q.g.nodes[id].(type) {
	case *comment:
		if q.g.role(q.viewer, x.issue.repo) != "none" {
			return q.gqlComment(x)
		}
	case *review:
		if q.g.role(q.viewer, x.issue.repo) != "none" {
			return q.gqlReview(x)
		}
	case *issue:
		if q.g.role(q.viewer, x.repo) != "none" {
			return q.gqlIssue(x)
		}
	}
	return nil
}

func (q *gqlRun) actor(u *User) any {
	if u == nil {
		return nil
	}
	// GraphQL leaves the "[bot]" of a login out, and tells by the type.
	return obj{"__typename": u.Type, "login": strings.TrimSuffix(u.Login, "[bot]"), "id": u.node(), "databaseId": u.ID}
}

// gqlComment has the edit history: newest first; the oldest entry is the text as created. diff is the whole text after
// the edit, as GitHub gives it for short comments.
func (q *gqlRun) gqlComment(x *comment) obj {
	o := obj{"__typename": "IssueComment", "id": x.node(), "databaseId": x.ID, "fullDatabaseId": itoa(x.ID), "body": x.Body,
		"url": q.comment(x)["html_url"], "createdAt": stamp(x.created), "updatedAt": stamp(x.updated),
		"author": q.actor(x.author), "lastEditedAt": nil, "editor": nil}
	if e := x.lastEdit(); e != nil {
		o["lastEditedAt"], o["editor"] = stamp(e.at), q.actor(e.editor)
	}
	o["userContentEdits"] = lazy(func(args map[string]any) any {
		all := make([]obj, 0, len(x.edits))
		for k := len(x.edits) - 1; k >= 0; k-- {
			e := x.edits[k]
			all = append(all, obj{"id": nodeID("UCE", e.ID), "editedAt": stamp(e.at), "createdAt": stamp(e.at),
				"editor": q.actor(e.editor), "diff": e.body, "deletedAt": nil, "deletedBy": nil})
		}
		return connection(all, args)
	})
	return o
}

func (q *gqlRun) gqlReview(x *review) obj {
	o := obj{"__typename": "PullRequestReview", "id": x.node(), "databaseId": x.ID, "fullDatabaseId": itoa(x.ID), "body": x.Body,
		"url": q.review(x, false)["html_url"], "state": x.State, "createdAt": stamp(x.at), "submittedAt": stamp(x.at),
		"author": q.actor(x.author), "lastEditedAt": nil, "editor": nil}
	if x.edited != nil {
		o["lastEditedAt"], o["editor"] = stamp(*x.edited), q.actor(x.editor)
	}
	groups := make([]obj, 0, len(reactionNames))
	for _, kind := range reactionKinds { // also those that nobody gave
		n := 0
		for _, r := range x.reactions {
			if r.Content == kind {
				n++
			}
		}
		groups = append(groups, obj{"content": reactionNames[kind], "reactors": lazy(func(map[string]any) any { return obj{"totalCount": n} })})
	}
	o["reactionGroups"] = groups
	return o
}

// reactionNames are GraphQL's names of the kinds.
var reactionNames = map[string]string{"+1": "THUMBS_UP", "-1": "THUMBS_DOWN", "laugh": "LAUGH", "confused": "CONFUSED",
	"heart": "HEART", "hooray": "HOORAY", "rocket": "ROCKET", "eyes": "EYES"}

// mutations answers the fields of Mutation: a reaction on a review, which REST has no way for.
func (q *gqlRun) mutations(sels []selection) obj {
	return obj{"addReaction": lazy(func(args map[string]any) any {
		input, _ := args["input"].(map[string]any)
		kind := ""
		for rest, name := range reactionNames {
			if name == input["content"] {
				kind = rest
			}
		}
		v, ok := q.g.nodes[fmt.Sprint(input["subjectId"])].(*review)
		switch {
		case !ok || q.g.role(q.viewer, v.issue.repo) == "none":
			q.fail(sels[0], "NOT_FOUND", "Could not resolve to a node with the global id of '%v'", input["subjectId"])
			return nil
		case kind == "":
			q.fail(sels[0], "argumentLiteralsIncompatible", "Argument 'content' on InputObject 'AddReactionInput' has an invalid value.")
			return nil
		}
		x, _ := q.g.react(q.viewer, v.issue, &v.reactions, kind)
		return obj{"reaction": obj{"id": nodeID("REA", x.ID), "databaseId": x.ID, "content": input["content"]}}
	})}
}

// connection is the first or the last of all.
func connection(all []obj, args map[string]any) obj {
	total := len(all)
	more, before := false, false
	if n, ok := args["first"].(float64); ok && int(n) < len(all) {
		all, more = all[:int(n)], true
	} else if n, ok := args["last"].(float64); ok && int(n) < len(all) {
		all, before = all[len(all)-int(n):], true
	}
	return obj{"nodes": all, "totalCount": total,
		"pageInfo": obj{"hasNextPage": more, "hasPreviousPage": before, "endCursor": nil, "startCursor": nil}}
}

func (q *gqlRun) gqlIssue(i *issue) obj {
	labels := list(i.labels, func(l *label) obj { return obj{"name": l.Name} })
	o := obj{"__typename": "Issue", "id": i.node(), "databaseId": i.ID, "number": i.Number, "title": i.Title,
		"body": text(i.Body), "url": q.issueHTML(i), "state": strings.ToUpper(i.State), "updatedAt": stamp(i.updated),
		"createdAt": stamp(i.created), "author": q.actor(i.author), "milestone": nil,
		"labels":     lazy(func(args map[string]any) any { return connection(labels, args) }),
		"repository": q.gqlRepository(i.repo)}
	if i.milestone != nil {
		o["milestone"] = obj{"title": i.milestone.Title, "number": i.milestone.Number}
	}
	if i.pull == nil {
		return o
	}
	p := i.pull
	state, mergeable, how := o["state"], "MERGEABLE", "CLEAN"
	if p.Merged {
		state = "MERGED"
	}
	if i.State == "closed" {
		mergeable, how = "UNKNOWN", "UNKNOWN"
	}
	return merge(o, obj{"__typename": "PullRequest", "databaseId": p.ID, "state": state, "headRefName": p.HeadRef,
		"baseRef": obj{"name": p.BaseRef, "prefix": "refs/heads/"}, "baseRefName": p.BaseRef, "headRefOid": p.HeadSHA,
		"mergeable": mergeable, "mergeStateStatus": how, "canBeRebased": i.State == "open", "isDraft": p.Draft,
		"merged": p.Merged, "reviewDecision": orNull(q.g.reviewDecision(i)),
		"commits": lazy(func(args map[string]any) any {
			return connection(list(i.repo.between(p.BaseSHA, p.HeadSHA), func(x *commit) obj {
				return obj{"commit": q.gqlCommit(i.repo, x)}
			}), args)
		})})
}

// gqlCommit has null for status and roll-up when there is no status, as GitHub does.
func (q *gqlRun) gqlCommit(r *repo, x *commit) obj {
	o := obj{"oid": x.SHA, "status": nil, "statusCheckRollup": nil}
	all := r.latest(x.SHA)
	if len(all) == 0 {
		return o
	}
	state := strings.ToUpper(combined(all))
	contexts := list(all, func(s *status) obj {
		return obj{"__typename": "StatusContext", "context": s.Context, "description": orNull(s.Description),
			"state": strings.ToUpper(s.State)}
	})
	o["status"] = obj{"state": state, "contexts": contexts}
	o["statusCheckRollup"] = obj{"state": state,
		"contexts": lazy(func(args map[string]any) any { return connection(contexts, args) })}
	return o
}

// find answers search: issues and pull requests, by cursors.
func (q *gqlRun) find(s selection, args map[string]any) any {
	if kind := fmt.Sprint(args["type"]); kind != "ISSUE" {
		q.fail(s, "NOT_SUPPORTED", "search of type %s is not answered here", kind)
		return nil
	}
	query, _ := args["query"].(string)
	found, err := q.g.search(q.viewer, query)
	if err != nil {
		q.fail(s, "INVALID_SEARCH", "%s", err)
		return nil
	}
	total := len(found)
	found = found[:min(total, maxFound)]
	from := 0
	if after, _ := args["after"].(string); after != "" {
		raw, _ := base64.StdEncoding.DecodeString(after)
		n, err := strconv.Atoi(strings.TrimPrefix(string(raw), "cursor:"))
		if err != nil {
			q.fail(s, "INVALID_CURSOR_ARGUMENTS", "`%s` does not appear to be a valid cursor.", after)
			return nil
		}
		from = min(n, len(found))
	}
	size, _ := args["first"].(float64)
	to := min(from+int(size), len(found))
	info := obj{"hasNextPage": to < len(found), "hasPreviousPage": from > 0, "endCursor": nil, "startCursor": nil}
	if to > from {
		info["startCursor"], info["endCursor"] = cursor(from+1), cursor(to)
	}
	return obj{"issueCount": total, "pageInfo": info, "nodes": list(found[from:to], q.gqlIssue)}
}

func cursor(n int) string {
	return base64.StdEncoding.EncodeToString([]byte("cursor:" + strconv.Itoa(n)))
}
