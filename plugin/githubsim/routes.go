package githubsim

import "strings"

// routes is the whole surface, in the order of matching. It is filled in init because routes refer to themselves through
// the functions that serve them.
var routes []route

func on(method, pattern string, serve func(*call) answer) {
	routes = append(routes, route{method: method, pattern: pattern, serve: serve,
		parts: strings.Split(strings.TrimPrefix(pattern, "/"), "/")})
}

const (
	atRepo   = "/repos/{owner}/{repo}"
	atIssue  = atRepo + "/issues/{number}"
	atNote   = atRepo + "/issues/comments/{id}"
	atPull   = atRepo + "/pulls/{number}"
	atTeam   = "/orgs/{org}/teams/{slug}"
	atCommit = atRepo + "/commits/{ref}"
)

func init() {
	accountRoutes()
	commentRoutes()
	issueRoutes()
	labelRoutes()
	repoRoutes()
	pullRoutes()
}

func accountRoutes() {
	on("GET", "/user", getSelf)
	on("GET", "/user/repos", listOwnRepos)
	on("GET", "/users/{login}", getUser)
	on("GET", "/rate_limit", getRateLimit)
	on("GET", "/app", getApp)
	on("GET", "/app/installations", listInstallations)
	on("GET", "/app/installations/{id}", getInstallation)
	on("POST", "/app/installations/{id}/access_tokens", createToken)
	on("GET", "/installation/repositories", listInstallationRepos)
	on("GET", "/orgs/{org}/installation", getOrgInstallation)
	on("GET", atRepo+"/installation", getRepoInstallation)
	on("GET", "/orgs/{org}", getOrg)
	on("GET", "/orgs/{org}/members", listMembers)
	on("GET", "/orgs/{org}/members/{login}", checkMember)
	on("GET", "/orgs/{org}/memberships/{login}", getMembership)
	on("GET", "/orgs/{org}/repos", listOrgRepos)
	on("GET", "/orgs/{org}/teams", listTeams)
	on("GET", atTeam, getTeam)
	on("GET", atTeam+"/members", listTeamMembers)
	on("GET", atTeam+"/memberships/{login}", getTeamMembership)
	on("GET", atTeam+"/invitations", listInvitations)
	on("GET", "/search/issues", searchIssues)
	on("POST", "/graphql", graphql)
}

func commentRoutes() {
	on("GET", atRepo+"/issues/comments", listRepoComments)
	on("GET", atNote, getComment)
	on("PATCH", atNote, patchComment)
	on("DELETE", atNote, deleteComment)
	on("PUT", atNote+"/pin", pinComment)
	on("DELETE", atNote+"/pin", unpinComment)
	on("GET", atNote+"/reactions", listCommentReactions)
	on("POST", atNote+"/reactions", createCommentReaction)
	on("DELETE", atNote+"/reactions/{reaction}", deleteCommentReaction)
	on("GET", atIssue+"/comments", listComments)
	on("POST", atIssue+"/comments", createComment)
}

func issueRoutes() {
	on("GET", atRepo+"/issues", listIssues)
	on("POST", atRepo+"/issues", createIssue)
	on("GET", atRepo+"/issues/events", listRepoEvents)
	on("GET", atIssue, getIssue)
	on("PATCH", atIssue, patchIssue)
	on("GET", "/repositories/{repository}/issues/{num}", getMovedIssue)
	on("GET", atIssue+"/events", listEvents)
	on("GET", atIssue+"/timeline", listTimeline)
	on("GET", atIssue+"/reactions", listIssueReactions)
	on("POST", atIssue+"/reactions", createIssueReaction)
	on("POST", atIssue+"/assignees", addAssignees)
	on("DELETE", atIssue+"/assignees", removeAssignees)
	on("PUT", atIssue+"/lock", lockIssue)
	on("DELETE", atIssue+"/lock", unlockIssue)
	on("GET", atRepo+"/assignees", listAssignees)
	on("GET", atRepo+"/assignees/{login}", checkAssignee)
	on("GET", atRepo+"/milestones", listMilestones)
	on("POST", atRepo+"/milestones", createMilestone)
	on("GET", atRepo+"/milestones/{milestone}", getMilestone)
	on("PATCH", atRepo+"/milestones/{milestone}", patchMilestone)
	on("DELETE", atRepo+"/milestones/{milestone}", removeMilestone)
}

func labelRoutes() {
	on("GET", atIssue+"/labels", listIssueLabels)
	on("POST", atIssue+"/labels", addIssueLabels)
	on("PUT", atIssue+"/labels", setIssueLabels)
	on("DELETE", atIssue+"/labels", clearIssueLabels)
	on("DELETE", atIssue+"/labels/{name...}", removeIssueLabel)
	on("GET", atRepo+"/labels", listLabels)
	on("POST", atRepo+"/labels", createLabel)
	on("GET", atRepo+"/labels/{name...}", getLabel)
	on("PATCH", atRepo+"/labels/{name...}", patchLabel)
	on("DELETE", atRepo+"/labels/{name...}", removeLabel)
}

func repoRoutes() {
	on("GET", atRepo, getRepo)
	on("GET", atRepo+"/teams", listRepoTeams)
	on("GET", atRepo+"/collaborators", listCollaborators)
	on("GET", atRepo+"/collaborators/{login}", checkCollaborator)
	on("GET", atRepo+"/collaborators/{login}/permission", getPermission)
	on("GET", atRepo+"/contents", getContents)
	on("GET", atRepo+"/contents/{path...}", getContents)
	on("GET", atRepo+"/git/trees/{ref...}", getTree)
	on("GET", atRepo+"/git/blobs/{sha}", getBlob)
	on("GET", atRepo+"/git/commits/{ref}", getGitCommit)
	on("GET", atRepo+"/git/ref/{ref...}", getRef)
	on("GET", atRepo+"/git/refs/{ref...}", getRef)
	on("GET", atRepo+"/branches", listBranches)
	on("GET", atRepo+"/branches/{branch...}", getBranch)
	on("GET", atRepo+"/commits", listCommits)
	on("GET", atCommit+"/pulls", listCommitPulls)
	on("GET", atCommit+"/status", getCombined)
	on("GET", atCommit+"/statuses", listStatuses)
	on("GET", atCommit+"/check-runs", listCheckRuns)
	on("GET", atRepo+"/commits/{ref...}", getCommit)
	on("POST", atRepo+"/statuses/{sha}", createStatus)
	on("GET", atRepo+"/compare/{basehead...}", compare)
}

func pullRoutes() {
	on("GET", atRepo+"/pulls", listPulls)
	on("POST", atRepo+"/pulls", createPull)
	on("GET", atPull, getPull)
	on("PATCH", atPull, patchPull)
	on("GET", atPull+"/files", listPullFiles)
	on("GET", atPull+"/commits", listPullCommits)
	on("GET", atPull+"/comments", listPullComments)
	on("GET", atPull+"/reviews", listReviews)
	on("POST", atPull+"/reviews", createReview)
	on("PUT", atPull+"/reviews/{review}", updateReview)
	on("GET", atPull+"/merge", checkMerged)
	on("PUT", atPull+"/merge", mergePull)
}
