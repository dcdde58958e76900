package checkout

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Remote gives the repository on GitHub, "org/repo", that a checkout is of. name chooses a remote; without it upstream
// counts, as Kubernetes' contributors call the repository that they forked, then origin, then the only one there is.
func (r *Repo) Remote(ctx context.Context, name string) (string, error) {
	out, err := r.git(ctx, "remote")
	if err != nil {
		return "", err
	}
	have := strings.Fields(out)
	switch {
	case len(have) == 0:
		return "", errors.New("the checkout has no remote, so which repository it is of is not known")
	case name != "" && !slices.Contains(have, name):
		return "", fmt.Errorf("the checkout has no remote %q; it has %s", name, strings.Join(have, ", "))
	case name != "":
	case slices.Contains(have, "upstream"):
		name = "upstream"
	case slices.Contains(have, "origin"):
		name = "origin"
	case len(have) == 1:
		name = have[0]
	default:
		return "", fmt.Errorf("the checkout has the remotes %s, and none is called upstream or origin", strings.Join(have, ", "))
	}
	address, err := r.git(ctx, "remote", "get-url", name)
	if err != nil {
		return "", err
	}
	repo, err := RepoOfURL(strings.TrimSpace(address))
	if err != nil {
		return "", fmt.Errorf("remote %s: %w", name, err)
	}
	return repo, nil
}

// RepoOfURL reads the repository out of the address of a remote: https://github.com/org/repo.git,
// git@github.com:org/repo, ssh://git@github.com/org/repo and the like, on any host, as GitHub Enterprise has its own.
func RepoOfURL(address string) (string, error) {
	path := ""
	if strings.Contains(address, "://") {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return "", errors.New("its address is no repository on a server") // it may hold a password: not shown
		}
		path = u.Path
	} else if host, rest, ok := strings.Cut(address, ":"); ok && !strings.Contains(host, "/") && len(host) > 1 {
		path = rest
	} else {
		return "", errors.New("its address is a folder, not a repository on a server")
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	name := strings.TrimSuffix(parts[len(parts)-1], ".git")
	if len(parts) != 2 || parts[0] == "" || name == "" || strings.ContainsAny(parts[0]+name, " #?") {
		return "", errors.New("its address does not end in org/repo")
	}
	return parts[0] + "/" + name, nil
}
