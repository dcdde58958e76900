package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
)

// query asks the GraphQL API and decodes the data. An answer with errors is an
// error: a part is never taken for the whole.
func (c *Client) query(ctx context.Context, query string, variables map[string]any, out any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.graphql, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GraphQL answered %s", resp.Status)
	}
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Type, Message string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("GraphQL answer: %w", err)
	}
	if len(answer.Errors) > 0 && answer.Errors[0].Type == "FORBIDDEN" {
		return fmt.Errorf("GraphQL: %w: %s", ErrForbidden, answer.Errors[0].Message)
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("GraphQL: %s", answer.Errors[0].Message)
	}
	return json.Unmarshal(answer.Data, out)
}

const standingQuery = `query($ids:[ID!]!){nodes(ids:$ids){... on IssueComment{id body lastEditedAt} ` +
	`... on PullRequestReview{id body lastEditedAt reactionGroups{content reactors(first:1){totalCount}}}}}`

// Standings implements reader. REST's updated_at differs from created_at for
// comments that were never edited, so lastEditedAt decides.
func (c *Client) Standings(ctx context.Context, nodes []string) (map[string]Standing, error) {
	standings := map[string]Standing{}
	for len(nodes) > 0 {
		n := min(100, len(nodes))
		var data struct {
			Nodes []*struct {
				ID, Body       string
				LastEditedAt   *string
				ReactionGroups []struct {
					Content  string
					Reactors struct{ TotalCount int }
				}
			}
		}
		if err := c.query(ctx, standingQuery, map[string]any{"ids": nodes[:n]}, &data); err != nil {
			return nil, fmt.Errorf("read which comments were edited: %w", err)
		}
		for _, node := range data.Nodes {
			if node == nil {
				continue
			}
			s := Standing{Edited: node.LastEditedAt != nil, Words: slash.Fingerprint(Scanner.Scan(node.Body).Lines)}
			for _, g := range node.ReactionGroups {
				switch g.Content {
				case "THUMBS_UP":
					s.Acks = g.Reactors.TotalCount
				case "CONFUSED":
					s.Nays = g.Reactors.TotalCount
				}
			}
			standings[node.ID] = s
		}
		for _, id := range nodes[:n] {
			if _, ok := standings[id]; !ok {
				return nil, fmt.Errorf("read which comments were edited: nothing about %s", id)
			}
		}
		nodes = nodes[n:]
	}
	return standings, nil
}

const reactMutation = `mutation($input:AddReactionInput!){addReaction(input:$input){reaction{content}}}`

// reactions are GraphQL's names of REST's reactions.
var reactions = map[string]string{"+1": "THUMBS_UP", "confused": "CONFUSED"}

// reactToReview reacts by GraphQL: REST has no way. The same reaction twice is one.
func (c *Client) reactToReview(ctx context.Context, node, content string) error {
	var out struct{}
	input := map[string]any{"subjectId": node, "content": reactions[content]}
	if err := c.query(asMutation(ctx), reactMutation, map[string]any{"input": input}, &out); err != nil {
		return fmt.Errorf("react to review: %w", err)
	}
	return nil
}

const historyQuery = `query($id:ID!){node(id:$id){... on IssueComment{userContentEdits(first:20){nodes{editedAt diff}}}}}`

// EditHistory implements historian. GitHub's "diff" of an edit is the whole
// text after it.
func (c *Client) EditHistory(ctx context.Context, node string) ([]string, error) {
	var data struct {
		Node *struct {
			UserContentEdits *struct {
				Nodes []struct{ Diff *string }
			}
		}
	}
	if err := c.query(ctx, historyQuery, map[string]any{"id": node}, &data); err != nil {
		return nil, fmt.Errorf("read edit history: %w", err)
	}
	var texts []string
	if data.Node != nil && data.Node.UserContentEdits != nil {
		for _, e := range data.Node.UserContentEdits.Nodes {
			if e.Diff != nil {
				texts = append(texts, *e.Diff)
			}
		}
	}
	return texts, nil
}

// blobsAtOnce is how many files one query reads: a kep.yaml has 2 kB.
const blobsAtOnce = 100

// Blobs implements archive: a hundred files for one GraphQL point, where REST
// takes a call for each.
func (c *Client) Blobs(ctx context.Context, repo string, blobs []string) (map[string]string, error) {
	org, name, _ := strings.Cut(repo, "/")
	texts := map[string]string{}
	for len(blobs) > 0 {
		n := min(blobsAtOnce, len(blobs))
		var q strings.Builder
		q.WriteString("query($owner:String!,$name:String!){repository(owner:$owner,name:$name){")
		for i, oid := range blobs[:n] {
			if strings.Trim(oid, "0123456789abcdef") != "" {
				return nil, fmt.Errorf("read files of %s: %q is no hash", repo, oid)
			}
			q.WriteString("b" + strconv.Itoa(i) + `:object(oid:"` + oid + `"){... on Blob{oid text isTruncated}}`)
		}
		q.WriteString("}}")
		var data struct {
			Repository map[string]*struct {
				OID         string
				Text        *string
				IsTruncated bool
			}
		}
		if err := c.query(ctx, q.String(), map[string]any{"owner": org, "name": name}, &data); err != nil {
			return nil, fmt.Errorf("read files of %s: %w", repo, err)
		}
		for _, b := range data.Repository {
			if b != nil && b.Text != nil && !b.IsTruncated {
				texts[b.OID] = *b.Text
			}
		}
		for _, oid := range blobs[:n] {
			if _, ok := texts[oid]; !ok {
				return nil, fmt.Errorf("read files of %s: nothing about blob %s", repo, oid)
			}
		}
		blobs = blobs[n:]
	}
	return texts, nil
}
