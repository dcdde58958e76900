package plan

import "testing"

func TestParseUntil(t *testing.T) {
	said := jan("12 10:00") // a Tuesday
	for text, want := range map[string]string{
		"2027-01-22":                        "2027-01-22 AoE",
		"2027-01-22 AoE":                    "2027-01-22 AoE",
		"22 Jan":                            "2027-01-22 AoE",
		"Jan 22, 2027":                      "2027-01-22 AoE",
		"Fri 22 January, anywhere on earth": "2027-01-22 AoE",
		"Friday 22 January 2027 (anywhere on earth)": "2027-01-22 AoE",
		"2027-01-22 18:00":                           "2027-01-22 18:00 UTC",
		"22 Jan 18:00 UTC":                           "2027-01-22 18:00 UTC",
		"friday 18:00 gmt":                           "2027-01-15 18:00 UTC",
		"2027-01-22T18:00:30+01:00":                  "2027-01-22 17:00 UTC",
		"2027-01-22t18:00:00z":                       "2027-01-22 18:00 UTC",
		"today":                                      "2027-01-12 AoE",
		"tomorrow":                                   "2027-01-13 AoE",
		"tuesday":                                    "2027-01-19 AoE",
		"wed":                                        "2027-01-13 AoE",
		"3 days":                                     "2027-01-15 AoE",
		"3d":                                         "2027-01-15 AoE",
		"1 day":                                      "2027-01-13 AoE",
		"31 Dec":                                     "2026-12-31 AoE", // nearest: it is for the verdict to say that it is over
		"thu 22 jan":                                 "",               // a Friday
		"22 Jan 18:00 AoE":                           "",
		"22 Jan UTC":                                 "",
		"2027-02-30":                                 "",
		"2027-01-22 25:00":                           "",
		"0001-01-01":                                 "",
		"9999-12-31":                                 "",
		"22":                                         "",
		"-1 days":                                    "",
		"99999999999999 days":                        "",
		"":                                           "",
		"fri sat":                                    "",
	} {
		at, got, ok := parseUntil(text, said)
		if got != want || ok != (want != "") {
			t.Errorf("%q reads as %q, %t; want %q", text, got, ok, want)
			continue
		}
		if !ok {
			continue
		}
		if again, canonical, ok := parseUntil(got, jan("30 23:00")); !ok || canonical != got || !again.Equal(at) {
			t.Errorf("%q does not read back: %s %q", got, again, canonical)
		}
	}
}

func TestUntilWords(t *testing.T) {
	for text, want := range map[string]string{
		"2027-01-21":           "Thu 21 Jan, anywhere on earth",
		"2027-01-22 12:00 UTC": "Thu 21 Jan, anywhere on earth",
		"2027-01-22 18:00 UTC": "Fri 22 Jan 18:00 UTC",
		"2027-01-22 00:00 UTC": "Fri 22 Jan 00:00 UTC",
	} {
		at, _, ok := parseUntil(text, jan("12 10:00"))
		if got := UntilWords(at); !ok || got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func FuzzParseUntil(f *testing.F) {
	for _, s := range untilForms {
		f.Add(s)
	}
	f.Add("Fri 22 January, anywhere on earth")
	f.Fuzz(func(t *testing.T, text string) {
		at, canonical, ok := parseUntil(text, jan("12 10:00"))
		if !ok {
			return
		}
		again, twice, ok := parseUntil(canonical, jan("1 00:00"))
		if !ok || twice != canonical || !again.Equal(at) {
			t.Errorf("%q reads as %q, and that as %q", text, canonical, twice)
		}
	})
}
