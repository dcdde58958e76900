package render

import (
	"github.com/steelthread/steelthread/plugin/thread"
)

// notes words what leads nowhere, what does not fit and the hints, each as a sentence.
func (w *threadPage) notes() []string {
	var out []string
	for _, f := range w.a.Notes {
		if len(out) == likelyShown {
			return append(out, "And "+digits(len(w.a.Notes)-likelyShown, "more sign", "more signs")+" of the kind.")
		}
		out = append(out, w.note(f))
	}
	return out
}

// signs name the place of a sign, before the KEP to which it leads.
var signs = map[thread.How]string{
	thread.ByCommand: "`/kep` names", thread.ByPartOf: "The work item of `/part-of` belongs to", thread.ByLink: "The description links to",
	thread.ByCloses: "An issue that it closes belongs to", thread.ByMention: "A work item that the description names belongs to", thread.ByTitle: "The title names",
}

func (w *threadPage) note(f thread.Finding) string {
	var keps []string
	for _, r := range f.KEPs {
		keps = append(keps, w.kepLink(r))
	}
	key := w.issue(w.a.Pull.Key, f.Key)
	switch f.Code {
	case thread.Ambiguous:
		if f.How == thread.ByCloses {
			return "The issues that it closes belong to " + some(keps, likelyShown, "and") + "."
		}
		return signs[f.How] + " " + some(keps, likelyShown, "and") + "."
	case thread.NoSuchKEP:
		text := signs[f.How] + " " + keps[0] + ", which is not in the catalogue of " + plain(f.KEPs[0].Repo) + "."
		if len(f.Near) > 0 {
			var near []string
			for _, k := range f.Near {
				near = append(near, w.kepLink(k.Ref)+" "+Code(k.Title))
			}
			text += " There is " + join(near, "and") + "."
		}
		return text
	case thread.ForeignKEP:
		return signs[f.How] + " " + keps[0] + " of " + plain(f.KEPs[0].Repo) + ", whose KEPs are not read here."
	case thread.ItemGone:
		return "`/part-of` names " + key + ", which cannot be seen from here."
	case thread.ItemIsPull, thread.PullLink:
		is := "The link to " + key + " leads to a pull request, which is no KEP"
		if f.Code == thread.ItemIsPull {
			is = "`/part-of` names " + key + ", which is a pull request and no work item"
		}
		if len(keps) == 0 {
			return is + "."
		}
		return is + "; its KEP is " + keps[0] + "."
	case thread.ItemItself:
		return "`/part-of` names this pull request itself."
	case thread.ItemNoKEP:
		return "`/part-of` names " + key + ", which belongs to no KEP yet. `/kep` there or here says to which."
	case thread.TitleOther:
		return "The title names " + keps[1] + "; what is said above counts before it."
	case thread.ItemOther:
		return "The work item " + key + " belongs to " + keps[1] + "; `/kep` here counts before it."
	case thread.NoneNotHere:
		return "`/kep none` by the author does not count here: no label says that this is a bug fix, a cleanup or the like."
	}
	return word(string(f.Code)) + "."
}
