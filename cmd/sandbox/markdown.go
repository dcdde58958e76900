package main

import (
	"bytes"
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	htmlout "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown renders comments as GitHub does, as far as they matter here: tables, task lists, strikethrough, links; of
// HTML only <details>, <summary>, <sub>, <sup>, <kbd> and <br> without attributes but open. HTML comments are not shown,
// other tags are shown as text. What comes out can be put into a page whoever wrote it.
type markdown struct {
	gm goldmark.Markdown
}

// newMarkdown renders for a page at base, so that links to GitHub's issues and files of the repositories given stay in
// the sandbox.
func newMarkdown(base string, repos []string) *markdown {
	gm := goldmark.New(
		goldmark.WithExtensions(extension.GFM),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(&homeward{base, repos}, 500))),
		goldmark.WithRendererOptions(htmlout.WithHardWraps(),
			renderer.WithNodeRenderers(util.Prioritized(fewTags{}, 100))),
	)
	return &markdown{gm}
}

// html renders one text.
func (m *markdown) html(source string) template.HTML {
	var out bytes.Buffer
	if err := m.gm.Convert([]byte(source), &out); err != nil {
		return template.HTML("<pre>" + html.EscapeString(source) + "</pre>") //nolint:gosec // escaped
	}
	return template.HTML(closed(out.String())) //nolint:gosec // made by goldmark without raw HTML but fewTags'
}

// allowed are the tags that raw HTML may hold.
var allowed = regexp.MustCompile(`(?i)^<(?:(/?)(details|summary|sub|sup|kbd)|(br) ?/?|(details) open)>`)

// fewTags renders raw HTML: allowed tags stand, comments vanish, the rest is text.
type fewTags struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (fewTags) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(few(segments(n.(*ast.RawHTML).Segments, source)))
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.HTMLBlock)
		raw := segments(block.Lines(), source)
		if block.HasClosure() {
			raw += string(block.ClosureLine.Value(source))
		}
		_, _ = w.WriteString(few(raw))
		return ast.WalkContinue, nil
	})
}

func segments(s *text.Segments, source []byte) string {
	var b strings.Builder
	for i := range s.Len() {
		one := s.At(i)
		b.Write(one.Value(source))
	}
	return b.String()
}

// few keeps the allowed tags of raw HTML.
func few(raw string) string {
	var b strings.Builder
	for raw != "" {
		at := strings.IndexByte(raw, '<')
		if at < 0 {
			at = len(raw)
		}
		b.WriteString(html.EscapeString(html.UnescapeString(raw[:at])))
		if raw = raw[at:]; raw == "" {
			break
		}
		if strings.HasPrefix(raw, "<!--") {
			end := strings.Index(raw[4:], "-->")
			if end < 0 {
				break
			}
			raw = raw[4+end+3:]
			continue
		}
		if tag := allowed.FindString(raw); tag != "" {
			b.WriteString(strings.ToLower(tag))
			raw = raw[len(tag):]
			continue
		}
		b.WriteString("&lt;")
		raw = raw[1:]
	}
	return b.String()
}

var paired = regexp.MustCompile(`</?(details|summary|sub|sup|kbd)( open)?>`)

// closed drops end tags that end nothing and ends what is left open, for the tags that raw HTML may hold.
func closed(out string) string {
	var open []string
	out = paired.ReplaceAllStringFunc(out, func(tag string) string {
		name := strings.TrimSuffix(strings.Trim(tag, "</>"), " open")
		if tag[1] != '/' {
			open = append(open, name)
			return tag
		}
		for k := len(open) - 1; k >= 0; k-- {
			if open[k] == name {
				open = append(open[:k], open[k+1:]...)
				return tag
			}
		}
		return ""
	})
	for k := len(open) - 1; k >= 0; k-- {
		out += "</" + open[k] + ">"
	}
	return out
}

// homeward points links to github.com, of repositories that the sandbox has, to the sandbox.
type homeward struct {
	base  string
	repos []string
}

// Transform implements parser.ASTTransformer.
func (h *homeward) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var bare []*ast.AutoLink // replaced after the walk: a node that goes has no next one
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			link.Destination = []byte(h.home(string(link.Destination)))
		}
		if auto, ok := n.(*ast.AutoLink); ok && entering {
			bare = append(bare, auto)
		}
		return ast.WalkContinue, nil
	})
	for _, auto := range bare {
		h.replace(auto, reader.Source())
	}
}

// replace makes a bare address that leads home a link with the address as its text.
func (h *homeward) replace(auto *ast.AutoLink, source []byte) {
	address := string(auto.URL(source))
	home := h.home(address)
	if home == address || auto.Parent() == nil {
		return
	}
	link := ast.NewLink()
	link.Destination = []byte(home)
	link.AppendChild(link, ast.NewString([]byte(html.EscapeString(address))))
	auto.Parent().ReplaceChild(auto.Parent(), auto, link)
}

func (h *homeward) home(address string) string {
	if rest, ok := strings.CutPrefix(address, h.base+"/"); ok {
		return "/" + rest
	}
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, "github.com") {
		return address
	}
	for _, repo := range h.repos {
		if rest, ok := strings.CutPrefix(strings.ToLower(u.Path), "/"+strings.ToLower(repo)); ok && (rest == "" || rest[0] == '/') {
			u.Scheme, u.Host = "", ""
			return u.String()
		}
	}
	return address
}
