package githubsim_test

import (
	"fmt"
	"testing"
)

// TestRightsOfAnApp: less counts at once where it is installed, more once it is accepted there.
func TestRightsOfAnApp(t *testing.T) {
	g := world(t)
	g.AddApp("st", "k")
	jwtLike := "Bearer x." + "eyJpc3MiOiIxMSJ9" + ".y"
	check := func(app, installed, events string) {
		t.Helper()
		for path, want := range map[string]string{"/app": app, "/app/installations/111": installed} {
			r := ask(t, g, "", "GET", path, "", "Authorization", jwtLike).want(t, 200)
			if got := fmt.Sprint(r.at(t, "permissions")); got != want {
				t.Errorf("permissions of %s: got %s, want %s", path, got, want)
			}
		}
		r := ask(t, g, "", "GET", "/app/installations", "", "Authorization", jwtLike).want(t, 200)
		if got := fmt.Sprint(r.at(t, 0, "events")); got != events {
			t.Errorf("events: got %s, want %s", got, events)
		}
	}
	g.SetAppRights("st", map[string]string{"metadata": "read", "issues": "read"}, "issues")
	check("map[issues:read metadata:read]", "map[issues:read metadata:read]", "[issues]")
	g.SetAppRights("st", map[string]string{"metadata": "read", "issues": "write", "contents": "read"}, "issues", "push")
	check("map[contents:read issues:write metadata:read]", "map[issues:read metadata:read]", "[issues]")
	g.AcceptAppRights("st", "k")
	check("map[contents:read issues:write metadata:read]", "map[contents:read issues:write metadata:read]", "[issues push]")
	g.SetAppRights("st", map[string]string{"metadata": "read"})
	check("map[metadata:read]", "map[metadata:read]", "[]")

	token := ask(t, g, "", "POST", "/app/installations/111/access_tokens", "", "Authorization", jwtLike).want(t, 201)
	if got := fmt.Sprint(token.at(t, "permissions")); got != "map[metadata:read]" {
		t.Errorf("permissions of a token: %s", got)
	}
	g.SuspendApp("st", "k")
	ask(t, g, "", "POST", "/app/installations/111/access_tokens", "", "Authorization", jwtLike).want(t, 403)
	if got := ask(t, g, "", "GET", "/app/installations/111", "", "Authorization", jwtLike).want(t, 200).at(t, "suspended_at"); got == nil {
		t.Error("not shown as suspended")
	}
}
