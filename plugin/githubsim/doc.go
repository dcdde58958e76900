// Package githubsim is a GitHub with state, a clock and faults, served over HTTP.
//
// It behaves as GitHub does where a bot that lives on issues, comments, labels and milestones can tell: sizes and
// silent limits, permissions, conditional requests, paging, rate limits, webhooks and reads that lag behind writes.
// REST answers carry what GitHub's published OpenAPI description requires of each route; the GraphQL endpoint answers
// the queries listed in graphql.go and refuses every other.
//
// What it promises: ids ascend per kind and depend only on the order of the calls; times have a grain of one second and
// come from one clock; deliveries leave in the order of the writes that caused them, after the write is visible; it is
// safe for concurrent use.
//
// What it does not: it keeps nothing on disk, speaks no git protocol, renders no Markdown, has one webhook for
// everything, and knows only the search qualifiers and GraphQL fields named in its code. An unknown one is refused,
// never ignored.
//
// People act through methods (OpenIssue, Comment, Label …) that send webhooks; programs act through HTTP with the token
// TokenFor(login).
package githubsim
