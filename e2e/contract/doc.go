// Package contract checks recorded traffic of the GitHub stand-in against what GitHub publishes about itself: the
// OpenAPI description of its REST API and webhooks, as the npm package @octokit/openapi carries it. It is read from
// e2e/node_modules, where `npm ci` puts it.
//
// It promises that a recorded request that GitHub's description does not know (route, query parameter, body), an
// answer that GitHub would not give (status, content type, a missing or ill-typed field, a field that does not exist)
// and a webhook payload that GitHub would not send are each reported with the place and with what was expected.
//
// What it is lenient about, and why:
//   - /graphql is not described by OpenAPI: only "POST with a JSON object" is asked for there.
//   - /api/v3 and /api/graphql, the prefixes of GitHub Enterprise, are taken off.
//   - /repositories/{id}, where GitHub redirects to when a repository was renamed, is read as /repos/{owner}/{repo}.
//   - GET git/refs/{ref}, the older name of git/ref/{ref} that Prow's client still uses, is read as that.
//   - The body of a request that is answered by 400 or 422 is not judged: the answer says that it was wrong.
//   - The answers of every API that are described for some operations only (301, 304, 307, 400, 401, 403, 404, 422, 429
//     and 5xx) are allowed for all; when they have a body it must be GitHub's error object.
//   - The media types "raw", "diff", "patch" and the like turn the body into text: then it is not judged.
//   - A request that sends JSON without saying so (Prow's client) is judged as JSON.
//   - An answer changed by a fault on purpose is not judged, its request is.
//   - Known mistakes of the description are in exceptions, each with its reason.
//
// It does not check behaviour (that a comment is there after it was made), GraphQL, or headers besides Content-Type.
package contract
