package board

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Patterns are where the handler of New belongs on an http.ServeMux.
var Patterns = []string{"/plan", "/plan.json", "/plan/", "/item/"}

//go:embed board.css templates/*.html
var files embed.FS

// policy lets a page use its stylesheet and nothing else: no script, no image, no
// form, no frame around it.
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

type board struct {
	links
	source Source
}

// New serves the pages of the source. Addresses that are not there answer 404 with
// what there is, other methods than GET and HEAD 405.
func New(site render.Site, source Source) http.Handler {
	return &board{links{site}, source}
}

// answer is one page.
type answer struct {
	status  int
	kind    string // content type
	body    []byte
	goingTo string // a relative address, for a redirect
}

// ServeHTTP implements http.Handler.
func (b *board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "These pages can be read (GET, HEAD). What is said, is said on GitHub.", http.StatusMethodNotAllowed)
		return
	}
	a := b.answer(r.URL.Path, rootOf(r.URL.EscapedPath()))
	h.Set("Cache-Control", "no-cache") // kept, and asked about each time: a meeting looks at what is said now
	if a.goingTo != "" {
		h.Set("Location", a.goingTo)
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	h.Set("Content-Type", a.kind)
	if a.status == http.StatusOK {
		sum := sha256.Sum256(a.body)
		h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // whoever asked is gone
	}
}

// rootOf leads from a page to the root of the board: "../" for each folder.
func rootOf(escaped string) string {
	n := strings.Count(escaped, "/") - 1
	if n <= 0 {
		return "./"
	}
	return strings.Repeat("../", n)
}

// page is what every template gets.
type page struct {
	Root     string // from the page to the root of the board: "../"
	Title    string
	Cycle    string   // of the plan that the page is about
	Here     string   // which page of the plan
	Plans    []string // cycles of the item that the page is about, which have a page
	JSON     string   // address of the same as JSON, from the root
	Commands string
	Verify   string
	Doc      any
}

// answer finds the page of a path.
func (b *board) answer(path, root string) answer {
	if path == "/plan/board.css" {
		return file("board.css", "text/css; charset=utf-8")
	}
	if path == "/plan" {
		return answer{goingTo: "plan/"}
	}
	v := look(b.source)
	bare, asJSON := strings.CutSuffix(path, ".json")
	if bare == "/plan/" || bare == "/plan" {
		d := b.listDoc(v.plans())
		return b.write(asJSON, "list", page{Root: root, Title: "Plans", JSON: "plan.json", Doc: d}, d)
	}
	if trimmed, slashed := strings.CutSuffix(path, "/"); slashed && b.exists(v, trimmed) {
		return answer{goingTo: "../" + trimmed[strings.LastIndex(trimmed, "/")+1:]}
	}
	if rest, ok := strings.CutPrefix(bare, "/plan/"); ok {
		name, part, _ := strings.Cut(rest, "/")
		if p, ok := v.find(name); ok && name != "" && rest == strings.TrimSuffix(name+"/"+part, "/") {
			if a, ok := b.ofPlan(p, part, asJSON, root); ok {
				return a
			}
		}
	}
	if key, ok := keyOf(bare); ok {
		if i, ok := v.item(key); ok {
			d := b.itemDoc(i, b.cycles())
			at := "item/" + strings.Replace(i.Issue.Key.String(), "#", "/", 1)
			return b.write(asJSON, "item", page{Root: root, Title: d.Issue.Key + " " + d.Issue.Title, JSON: at + ".json", Plans: d.plans(), Doc: d}, d)
		}
	}
	return b.missing(asJSON, root)
}

// subpages are the pages of a plan beside its own.
var subpages = []string{"notes", "demos", "exceptions", "survey", "calibration"}

// ofPlan finds a page of one plan: "" is the plan's own.
func (b *board) ofPlan(p Plan, part string, asJSON bool, root string) (answer, bool) {
	name := p.Cycle.Name
	at := page{Root: root, Cycle: name, Here: part, JSON: "plan/" + name + "/" + part + ".json"}
	template := part
	switch {
	case part == "":
		d := b.planDoc(p)
		template, at.Title, at.Here, at.JSON, at.Doc = "plan", d.Headline, "plan", "plan/"+name+".json", d
	case part == "notes":
		at.Title, at.Doc = name+": release notes, draft", b.notesDoc(p)
	case part == "notes.md" && !asJSON:
		return answer{status: http.StatusOK, kind: "text/markdown; charset=utf-8", body: []byte(b.notesDoc(p).Markdown)}, true
	case part == "demos":
		at.Title, at.Doc = name+": demos", b.demosDoc(p)
	case part == "exceptions":
		at.Title, at.Doc = name+": exceptions", b.exceptionsDoc(p)
	case part == "survey":
		at.Title, at.Doc = name+": survey", b.surveyDoc(p)
	case part == "calibration":
		at.Title, at.Doc = name+": confidences", b.calibrationDoc(p)
	default:
		return answer{}, false
	}
	return b.write(asJSON, template, at, at.Doc), true
}

// exists reports whether a path without its last slash is a page.
func (b *board) exists(v *view, path string) bool {
	if key, ok := keyOf(path); ok {
		_, ok = v.item(key)
		return ok
	}
	rest, ok := strings.CutPrefix(path, "/plan/")
	name, part, nested := strings.Cut(rest, "/")
	return ok && b.cycles()[name] && (!nested || slices.Contains(subpages, part))
}

// keyOf reads "/item/org/repo/12".
func keyOf(path string) (slash.Key, bool) {
	rest, ok := strings.CutPrefix(path, "/item/")
	if !ok || strings.Count(rest, "/") != 2 {
		return slash.Key{}, false
	}
	at := strings.LastIndex(rest, "/")
	key, err := slash.ParseKey(rest[:at] + "#" + rest[at+1:])
	return key, err == nil
}

// cycles are those that have a page here.
func (b *board) cycles() map[string]bool {
	out := map[string]bool{}
	for _, p := range b.source.Plans() {
		if !p.Private {
			out[p.Cycle.Name] = true
		}
	}
	return out
}

// lost is the JSON of an address that is not there.
type lost struct {
	Error  string   `json:"error"`
	Exists []string `json:"exists"`
}

func (b *board) missing(asJSON bool, root string) answer {
	d := lost{Error: "Nothing is here.", Exists: []string{"plan/"}}
	for _, p := range b.source.Plans() {
		if !p.Private {
			d.Exists = append(d.Exists, "plan/"+p.Cycle.Name)
			for _, part := range subpages {
				d.Exists = append(d.Exists, "plan/"+p.Cycle.Name+"/"+part)
			}
		}
	}
	a := b.write(asJSON, "missing", page{Root: root, Title: "Nothing is here", Doc: d}, d)
	if a.status == http.StatusOK {
		a.status = http.StatusNotFound
	}
	return a
}

// write gives a page, or its JSON.
func (b *board) write(asJSON bool, name string, p page, doc any) answer {
	var out bytes.Buffer
	if asJSON {
		e := json.NewEncoder(&out)
		e.SetIndent("", "  ")
		if err := e.Encode(doc); err != nil {
			return failed()
		}
		return answer{status: http.StatusOK, kind: "application/json", body: out.Bytes()}
	}
	p.Commands, p.Verify = b.only(b.Commands), b.only(b.Verify)
	if err := pages[name].ExecuteTemplate(&out, "page", p); err != nil {
		return failed()
	}
	return answer{status: http.StatusOK, kind: "text/html; charset=utf-8", body: out.Bytes()}
}

// failed is what a broken template comes to: no half page, and no words of the error.
func failed() answer {
	return answer{status: http.StatusInternalServerError, kind: "text/plain; charset=utf-8", body: []byte("This page could not be written.\n")}
}

func file(name, kind string) answer {
	body, err := files.ReadFile(name)
	if err != nil {
		return failed()
	}
	return answer{status: http.StatusOK, kind: kind, body: body}
}
