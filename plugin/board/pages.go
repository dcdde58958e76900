package board

import (
	"html/template"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/plugin/render"
)

// pages are the templates, each with the frame around it and the pieces that
// several use.
var pages = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, name := range []string{"list", "plan", "notes", "demos", "exceptions", "survey", "calibration", "item", "missing"} {
		out[name] = template.Must(template.New(name).Funcs(functions).ParseFS(files, "templates/page.html", "templates/nodes.html", "templates/pieces.html", "templates/chart.html", "templates/"+name+".html"))
	}
	return out
}()

var functions = template.FuncMap{
	"sig":   sigWords,
	"count": count,
	"when":  render.DateTime,
	"day":   render.DateOf,
	"iso":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"at":    at,
	"open":  open,
	"waits": waits,

	"answered":         answeredFor,
	"two":              func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) },
	"expected":         func(e estimate) string { return render.Estimate(e.Mean, e.Spread) },
	"surveyQuestion":   func() string { return render.SurveyQuestion },
	"surveyNotes":      func() string { return render.SurveyNotes },
	"calibrationNotes": func() string { return render.CalibrationNotes },
}

// in is a piece of a page with the way to the root, which links need.
type in struct {
	Root string
	Doc  any
}

func at(root string, doc any) in { return in{root, doc} }

// open lists the risks that wait for somebody, or have an owner who does.
func open(list []noteDoc) int {
	n := 0
	for _, one := range list {
		if one.Roam == "" {
			n++
		}
	}
	return n
}
