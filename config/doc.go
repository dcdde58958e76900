// Package config is the one YAML file that says where Steelthread works, who holds which role, which release cycles there
// are and how a plan is voted on.
//
// It promises: an unknown key, a key written twice, a second document or a value of the wrong kind is an error at every
// load, in production as in CI; every error of a file is told at once, each with its path, what stands there and what
// would do; a file that loaded once stays in force until a better one loads (Watcher).
//
// It does not ask GitHub whether a repository, team or alias exists, does not know Prow's own configuration
// (cmd/checkconfig compares the two), and holds no secret.
package config
