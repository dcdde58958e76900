package plugin

import (
	"bytes"
	"compress/flate"
	"container/list"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// ETagCache makes GET requests conditional. A 304 does not count against the
// hourly quota. The answers kept are bounded in bytes; the least used go first. They
// are compressed, to a tenth or so: an issue with very many comments is read page by
// page, and if its pages did not all fit each would be gone when it is wanted again.
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
	body   []byte // deflated
	length int    // of the body
}

// size is about what is kept.
func (k *kept) size() int {
	n := len(k.body) + len(k.url)
	for name, values := range k.header {
		n += len(name) + len(strings.Join(values, ""))
	}
	return n
}

// deflaters are kept for the next answer; one takes a megabyte.
var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // the level is a valid one
	return w
}}

func deflate(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	_, err := w.Write(body)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return bytes.Clone(out.Bytes()), nil
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
		resp.Header, resp.Body = header, flate.NewReader(bytes.NewReader(have.body))
		resp.ContentLength = int64(have.length)
		resp.Header.Set(fromCache, "1")
	case resp.StatusCode == http.StatusOK && resp.Header.Get("ETag") != "":
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		small, err := deflate(body)
		if err != nil {
			return nil, err
		}
		c.put(&kept{url: url, etag: resp.Header.Get("ETag"), header: resp.Header.Clone(), body: small, length: len(body)})
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
	c.size += k.size()
	for c.size > c.limit && c.order.Len() > 0 {
		c.drop(c.order.Back())
	}
}

func (c *ETagCache) drop(e *list.Element) {
	k := c.order.Remove(e).(*kept)
	delete(c.byURL, k.url)
	c.size -= k.size()
}
