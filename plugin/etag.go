package plugin

import (
	"bytes"
	"container/list"
	"io"
	"net/http"
	"sync"
)

// ETagCache makes GET requests conditional. A 304 does not count against the
// hourly quota. The answers kept are bounded in bytes; the least used go first.
// GitHub's ETag depends on the token, so with an App each hour begins anew.
type ETagCache struct {
	mu    sync.Mutex
	limit int
	size  int
	order *list.List // of *kept, most recently used first
	byURL map[string]*list.Element
}

type kept struct {
	url    string
	etag   string
	header http.Header
	body   []byte
}

// NewETagCache keeps answers of up to limit bytes in all.
func NewETagCache(limit int) *ETagCache {
	return &ETagCache{limit: limit, order: list.New(), byURL: map[string]*list.Element{}}
}

func (c *ETagCache) roundTrip(base http.RoundTripper, req *http.Request) (*http.Response, error) {
	url := req.URL.String() + " " + req.Header.Get("Accept")
	have := c.get(url)
	if have != nil {
		req = req.Clone(req.Context())
		req.Header.Set("If-None-Match", have.etag)
	}
	resp, err := base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode == http.StatusNotModified && have != nil:
		drain(resp)
		header := have.header.Clone()
		for name, values := range resp.Header { // the Date and the quota are new
			header[name] = values
		}
		resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
		resp.Header, resp.Body = header, io.NopCloser(bytes.NewReader(have.body))
		resp.ContentLength = int64(len(have.body))
		resp.Header.Set(fromCache, "1")
	case resp.StatusCode == http.StatusOK && resp.Header.Get("ETag") != "":
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		c.put(&kept{url: url, etag: resp.Header.Get("ETag"), header: resp.Header.Clone(), body: body})
	}
	return resp, nil
}

// fromCache marks an answer that GitHub confirmed by a 304.
const fromCache = "X-Steelthread-Confirmed"

func (c *ETagCache) get(url string) *kept {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byURL[url]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*kept)
}

func (c *ETagCache) put(k *kept) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byURL[k.url]; ok {
		c.drop(e)
	}
	c.byURL[k.url] = c.order.PushFront(k)
	c.size += len(k.body)
	for c.size > c.limit && c.order.Len() > 0 {
		c.drop(c.order.Back())
	}
}

func (c *ETagCache) drop(e *list.Element) {
	k := c.order.Remove(e).(*kept)
	delete(c.byURL, k.url)
	c.size -= len(k.body)
}
