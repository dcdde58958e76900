package githubsim

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// login finds who asks: TokenFor's token as Bearer, token or Basic password, an installation's token, an App's own token.
// No Authorization is nobody, who may read what is public.
func (g *GitHub) login(c *call) (*User, *answer) {
	h := c.r.Header.Get("Authorization")
	if h == "" {
		return nil, nil
	}
	bad := &answer{status: http.StatusUnauthorized, body: message(401, "Bad credentials", docs)}
	scheme, token, _ := strings.Cut(h, " ")
	if strings.EqualFold(scheme, "basic") {
		name, pass, _ := c.r.BasicAuth()
		if token = pass; pass == "" || pass == "x-oauth-basic" {
			token = name
		}
	}
	c.token = strings.TrimSpace(token)
	if s := g.tokens[c.token]; s != nil {
		if !g.tokenTime().Before(s.expires) {
			return nil, bad
		}
		return s.user, nil
	}
	if name, ok := strings.CutPrefix(c.token, "token-"); ok && g.users[key(name)] != nil {
		return g.users[key(name)], nil
	}
	if a := g.appToken(c.token); a != nil {
		c.app = a
		return nil, nil
	}
	return nil, bad
}

// appToken finds the App of a JSON web token: its issuer is the App's id or client id. The signature and the times are
// checked once the App has a key.
func (g *GitHub) appToken(token string) *app {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var claims struct {
		Issuer  any   `json:"iss"`
		Issued  int64 `json:"iat"`
		Expires int64 `json:"exp"`
	}
	if json.Unmarshal(raw, &claims) != nil {
		return nil
	}
	issuer := ""
	switch x := claims.Issuer.(type) {
	case string:
		issuer = x
	case float64:
		issuer = strconv.FormatInt(int64(x), 10)
	}
	for _, a := range g.apps {
		if issuer != itoa(a.ID) && issuer != "Iv1."+itoa(a.ID) {
			continue
		}
		if a.key != nil && !a.signed(parts, claims.Issued, claims.Expires, g.tokenTime()) {
			return nil
		}
		return a
	}
	return nil
}

func (g *GitHub) tokenTime() time.Time {
	if g.opts.Tokens != nil {
		return g.opts.Tokens()
	}
	return g.now()
}

// signed allows a minute of difference between the clocks.
func (a *app) signed(parts []string, issued, expires int64, now time.Time) bool {
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || issued > now.Unix()+60 || expires < now.Unix() || expires > now.Unix()+660 {
		return false
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return rsa.VerifyPKCS1v15(a.key, crypto.SHA256, sum[:], sig) == nil
}

// quota is one window of one account's requests.
type quota struct {
	limit, used int
	reset       time.Time
}

// SetQuota lets login have only n more requests until the window ends, in an hour.
func (g *GitHub) SetQuota(login string, n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.quota[key(login)] = &quota{limit: 5000, used: 5000 - n, reset: g.now().Add(time.Hour)}
}

// quotaOf is per account, all its tokens together. Requests without an account are not limited: a browser that looks at
// the stand-in would soon be shut out by GitHub's 60 an hour.
func (g *GitHub) quotaOf(c *call) *quota {
	name, limit := "", 1<<20
	switch {
	case c.viewer != nil:
		name, limit = key(c.viewer.Login), 5000
	case c.app != nil:
		name, limit = "app "+c.app.Slug, 5000
	}
	q := g.quota[name]
	if q == nil || !g.now().Before(q.reset) {
		q = &quota{limit: limit, reset: g.now().Add(time.Hour)}
		g.quota[name] = q
	}
	return q
}

// overQuota is the answer to a request beyond the quota, before it has an effect.
func (g *GitHub) overQuota(c *call) *answer {
	if q := g.quotaOf(c); q.used < q.limit {
		return nil
	}
	who := "your address"
	if c.viewer != nil {
		who = "user ID " + itoa(c.viewer.ID)
	}
	return &answer{status: http.StatusForbidden, body: message(403, "API rate limit exceeded for "+who+".", docs)}
}

// spend counts a request against the quota; a 304 and /rate_limit are free.
func (g *GitHub) spend(c *call, route string, status int, h http.Header) {
	q := g.quotaOf(c)
	if status != http.StatusNotModified && route != "/rate_limit" && q.used < q.limit {
		q.used++
	}
	h.Set("X-Ratelimit-Limit", strconv.Itoa(q.limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(q.limit-q.used))
	h.Set("X-Ratelimit-Used", strconv.Itoa(q.used))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(q.reset.Unix(), 10))
	h.Set("X-Ratelimit-Resource", "core")
}
