package plugin

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// source is a server that answers with its state and ETags.
type source struct {
	text  string
	etag  string
	date  int
	asked []string // If-None-Match as it came
}

func (s *source) RoundTrip(req *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, req.Header.Get("If-None-Match"))
	s.date++
	header := map[string]string{"Date": fmt.Sprintf("Tue, 12 Jan 2027 10:00:%02d GMT", s.date), "ETag": s.etag, "X-RateLimit-Remaining": fmt.Sprint(5000 - s.date)}
	if s.etag != "" && req.Header.Get("If-None-Match") == s.etag {
		return answer(304, header, ""), nil
	}
	header["Link"] = `<https://api.github.com/x?page=2>; rel="next"`
	return answer(200, header, s.text), nil
}

func fetch(t testing.TB, c *ETagCache, base http.RoundTripper, path, accept string) (*http.Response, string) {
	t.Helper()
	req := request(t, t.Context(), "GET", path, "")
	req.Header.Set("Accept", accept)
	resp, err := c.roundTrip(base, req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if req.Header.Get("If-None-Match") != "" {
		t.Error("the caller's request was changed")
	}
	return resp, string(body)
}

// TestETag: a 304 becomes the answer that was kept, with the new Date and quota.
func TestETag(t *testing.T) {
	c, s := NewETagCache(1<<20), &source{text: `{"a":1}`, etag: `W/"1"`}
	first, body := fetch(t, c, s, "/x", "json")
	if first.Header.Get(fromCache) != "" || body != s.text {
		t.Errorf("%v %q", first.Header, body)
	}
	for n := 2; n <= 3; n++ {
		resp, body := fetch(t, c, s, "/x", "json")
		if resp.StatusCode != 200 || body != s.text || resp.ContentLength != int64(len(s.text)) || resp.Header.Get(fromCache) == "" {
			t.Errorf("%d %q %d", resp.StatusCode, body, resp.ContentLength)
		}
		if !strings.Contains(resp.Header.Get("Date"), fmt.Sprintf(":%02d GMT", n)) || resp.Header.Get("X-RateLimit-Remaining") != fmt.Sprint(5000-n) {
			t.Errorf("Date %s, quota %s", resp.Header.Get("Date"), resp.Header.Get("X-RateLimit-Remaining"))
		}
		if resp.Header.Get("Link") == "" || resp.Header.Get("Content-Type") == "" {
			t.Errorf("headers that a 304 has not are gone: %v", resp.Header)
		}
	}
	s.text, s.etag = `{"a":2}`, `W/"2"`
	if resp, body := fetch(t, c, s, "/x", "json"); body != s.text || resp.Header.Get(fromCache) != "" {
		t.Errorf("a change is not seen: %q", body)
	}
	if _, body := fetch(t, c, s, "/x", "json"); body != s.text || s.asked[len(s.asked)-1] != `W/"2"` {
		t.Errorf("%q, asked by %q", body, s.asked)
	}
}

// TestETagTellsAnswersApart by address, query and media type.
func TestETagTellsAnswersApart(t *testing.T) {
	c, s := NewETagCache(1<<20), &source{text: "a", etag: `"1"`}
	fetch(t, c, s, "/x?page=1", "json")
	for _, other := range [][2]string{{"/x?page=2", "json"}, {"/x", "json"}, {"/x?page=1", "raw"}} {
		s.asked = nil
		fetch(t, c, s, other[0], other[1])
		if s.asked[0] != "" {
			t.Errorf("%v was asked with the ETag of another", other)
		}
	}
}

// TestETagKeepsWhatIsWorthIt: no answer without an ETag, no error, none above
// the limit; the least used go first.
func TestETagKeepsWhatIsWorthIt(t *testing.T) {
	c := NewETagCache(10_000)
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) string { // what cannot be made smaller
		b := make([]byte, n)
		for k := range b {
			b[k] = byte(random.Uint32())
		}
		return string(b)
	}
	fetch(t, c, &source{text: "x"}, "/none", "")
	fetch(t, c, &source{text: noise(10_001), etag: `"1"`}, "/big", "")
	broken := roundTripper(func(*http.Request) (*http.Response, error) {
		return answer(500, map[string]string{"ETag": `"1"`}, "x"), nil
	})
	if resp, _ := fetch(t, c, broken, "/broken", ""); resp.StatusCode != 500 || c.order.Len() > 0 || c.size != 0 {
		t.Errorf("%d kept, %d bytes", c.order.Len(), c.size)
	}
	s := &source{text: noise(3000), etag: `"1"`}
	for _, path := range []string{"/1", "/2", "/3", "/1", "/4"} {
		fetch(t, c, s, path, "")
	}
	s.asked = nil
	for _, path := range []string{"/1", "/3", "/4", "/2"} {
		fetch(t, c, s, path, "")
	}
	if got := strings.Join(s.asked, ","); got != `"1","1","1",` {
		t.Errorf("asked with %s: the least used was not the one to go", got)
	}
	for n := range 1000 {
		fetch(t, c, s, fmt.Sprintf("/many/%d", n), "")
	}
	if c.size > 10_000 || len(c.byURL) != c.order.Len() || c.order.Len() > 3 {
		t.Errorf("%d bytes, %d addresses, %d kept", c.size, len(c.byURL), c.order.Len())
	}
}

// TestETagOfOneAddressAtOnce: many readers of what changes meanwhile get one
// of its texts, whole.
func TestETagOfOneAddressAtOnce(t *testing.T) {
	c := NewETagCache(1 << 10)
	var mu sync.Mutex
	n := 0
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		n++
		etag := fmt.Sprintf(`"%d"`, n/5)
		if req.Header.Get("If-None-Match") == etag {
			return answer(304, map[string]string{"ETag": etag}, ""), nil
		}
		return answer(200, map[string]string{"ETag": etag}, strings.Repeat(fmt.Sprint(n/5%10), 100)), nil
	})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				_, body := fetch(t, c, base, "/x", "")
				if len(body) != 100 || strings.Trim(body, body[:1]) != "" {
					t.Errorf("%q", body)
				}
			}
		})
	}
	group.Wait()
}
