package plan

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/work"
)

// scored is a score of n promises at one confidence, of which some were delivered.
func scored(n, delivered, percent int) Score {
	var s Score
	for k := range n {
		s.add(percent, k < delivered, true)
	}
	return s
}

// TestWilson holds the interval to published values: R. G. Newcombe, Two-sided
// confidence intervals for the single proportion, Statistics in Medicine 17 (1998),
// table I, method 3 (score without continuity correction).
func TestWilson(t *testing.T) {
	for _, tc := range []struct {
		n, delivered int
		want         string
	}{
		{263, 81, "0.2553 0.3662"},
		{148, 15, "0.0624 0.1605"},
		{20, 0, "0.0000 0.1611"},
		{29, 1, "0.0061 0.1718"},
		{20, 20, "0.8389 1.0000"}, // none of 20, turned round
		{0, 0, "0.0000 1.0000"},
	} {
		low, high := scored(tc.n, tc.delivered, 50).Interval()
		if got := fmt.Sprintf("%.4f %.4f", low, high); got != tc.want {
			t.Errorf("%d of %d: %s, want %s", tc.delivered, tc.n, got, tc.want)
		}
	}
	for n := 1; n <= 300; n++ {
		for delivered := range n + 1 {
			s := scored(n, delivered, 50)
			low, high := s.Interval()
			if low < 0 || high > 1 || low > s.Share() || high < s.Share() || high-low <= 0 {
				t.Fatalf("%d of %d: %v to %v", delivered, n, low, high)
			}
		}
	}
}

// TestWilsonByDefinition holds the interval to what it is defined by: the shares p at which
// the delivered share lies z standard errors of p away, (share-p)^2 = z^2 p(1-p)/n. They are
// looked for by halving, without the closed form.
func TestWilsonByDefinition(t *testing.T) {
	const z2 = 1.959963984540054 * 1.959963984540054
	for _, n := range []int{1, 2, 3, 9, 10, 23, 150} {
		for delivered := range n + 1 {
			share := float64(delivered) / float64(n)
			away := func(p float64) bool { return (share-p)*(share-p)*float64(n) > z2*p*(1-p) }
			edge := func(in, out float64) float64 { // in lies in the interval, out outside or at its end
				for range 200 {
					if middle := (in + out) / 2; away(middle) {
						out = middle
					} else {
						in = middle
					}
				}
				return in
			}
			low, high := scored(n, delivered, 50).Interval()
			if wantLow, wantHigh := edge(share, 0), edge(share, 1); math.Abs(low-wantLow) > 1e-9 || math.Abs(high-wantHigh) > 1e-9 {
				t.Errorf("%d of %d: %v to %v, want %v to %v", delivered, n, low, high, wantLow, wantHigh)
			}
		}
	}
	// by hand: for n = 1 the ends are 1/(1+z^2) and z^2/(1+z^2)
	if low, high := scored(1, 1, 50).Interval(); math.Abs(low-0.206549) > 1e-6 || high != 1 {
		t.Errorf("1 of 1: %v to %v", low, high)
	}
	if low, high := scored(1, 0, 50).Interval(); low != 0 || math.Abs(high-0.793451) > 1e-6 {
		t.Errorf("0 of 1: %v to %v", low, high)
	}
}

func TestBrier(t *testing.T) {
	for _, tc := range []struct {
		s    Score
		want string
	}{
		{scored(4, 4, 100), "0.0000"},
		{scored(4, 0, 100), "1.0000"},
		{scored(7, 3, 50), "0.2500"},
		{scored(10, 8, 80), "0.1600"}, // p(1-p), where the promise is the share
		{scored(1, 1, 70), "0.0900"},
		{scored(1, 0, 70), "0.4900"},
		{Score{}, "0.0000"},
	} {
		if got := fmt.Sprintf("%.4f", tc.s.Brier()); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.s, got, tc.want)
		}
	}
	// Brier's score falls apart into how far the confidences are off, how far the outcomes
	// differ between them, and what no forecast could know (A. H. Murphy, 1973).
	groups := []struct{ n, delivered, percent int }{{8, 8, 100}, {23, 14, 80}, {12, 9, 60}, {5, 0, 40}, {1, 1, 10}}
	var all Score
	var n, delivered, off float64
	for _, g := range groups {
		for k := range g.n {
			all.add(g.percent, k < g.delivered, true)
		}
		share := float64(g.delivered) / float64(g.n)
		off += float64(g.n) * math.Pow(float64(g.percent)/100-share, 2)
		n, delivered = n+float64(g.n), delivered+float64(g.delivered)
	}
	base, differ := delivered/n, 0.0
	for _, g := range groups {
		differ += float64(g.n) * math.Pow(float64(g.delivered)/float64(g.n)-base, 2)
	}
	if want := off/n - differ/n + base*(1-base); math.Abs(all.Brier()-want) > 1e-12 {
		t.Errorf("%v, in its three parts %v", all.Brier(), want)
	}
}

func TestReading(t *testing.T) {
	for _, tc := range []struct {
		n, delivered, percent int
		want                  Reading
	}{
		{9, 0, 100, TooFew},
		{10, 0, 100, TooHigh},
		{23, 14, 80, TooHigh}, // 41 to 78 %
		{23, 15, 80, AsPromised},
		{10, 4, 40, AsPromised},
		{20, 18, 40, TooLow},
		{0, 0, 0, TooFew},
	} {
		s := scored(tc.n, tc.delivered, tc.percent)
		if got := s.Reading(); got != tc.want {
			low, high := s.Interval()
			t.Errorf("%d of %d at %d: %s (%.2f to %.2f), want %s", tc.delivered, tc.n, tc.percent, got, low, high, tc.want)
		}
	}
}

// TestForecastIsPoissonBinomial holds mean and spread against the distribution
// itself, over every outcome.
func TestForecastIsPoissonBinomial(t *testing.T) {
	var items []Item
	var ps []float64
	for n, percent := range []int{100, 90, 80, 80, 65, 50, 40, 10, 0} {
		items = append(items, viewItem(n+1, "node", work.Ready, fmt.Sprint("w7-8 ", percent)))
		ps = append(ps, float64(percent)/100)
	}
	var mean, square float64
	for outcome := range 1 << len(ps) {
		chance, shipped := 1.0, 0.0
		for n, p := range ps {
			if outcome>>n&1 == 1 {
				chance *= p
				shipped++
			} else {
				chance *= 1 - p
			}
		}
		mean += chance * shipped
		square += chance * shipped * shipped
	}
	f := TallyOf(Occasion{At: instant(t, "2026-01-20T00:00:00Z")}, TallyFacts{Cycle: viewCycle(), Items: items}).Forecast
	if math.Abs(f.Mean-mean) > 1e-9 || math.Abs(f.Spread()-math.Sqrt(square-mean*mean)) > 1e-9 || f.Open != len(ps) {
		t.Errorf("%v ± %v of %d, want %v ± %v", f.Mean, f.Spread(), f.Open, mean, math.Sqrt(square-mean*mean))
	}
}

// TestForecastCounts holds what counts as how much.
func TestForecastCounts(t *testing.T) {
	items := []Item{
		viewItem(1, "node", work.Done, "w1-2 60"),
		viewItem(2, "node", work.Dropped, "w3-4 60"),
		viewItem(3, "node", work.Ready, "w1-2 90"),            // its increment is over
		viewItem(4, "node", work.Ready, "w1-2 90", "w5-6 50"), // committed again
		progress(viewItem(5, "node", work.Ready, "w7-8 40"), work.Slipped),
		viewItem(6, "node", work.OptedIn),
	}
	f := TallyOf(Occasion{At: instant(t, "2026-01-24T12:00:00Z")}, TallyFacts{Cycle: viewCycle(), Items: items}).Forecast
	want := Forecast{Estimate: Estimate{Mean: 1.9, Variance: 0.49}, Done: 1, Open: 2, Overdue: 1}
	if math.Abs(f.Mean-want.Mean) > 1e-9 || math.Abs(f.Variance-want.Variance) > 1e-9 || f.Done != want.Done || f.Open != want.Open || f.Overdue != want.Overdue {
		t.Errorf("%+v, want %+v", f, want)
	}
}

func delivered(i Item, text string, at time.Time) Item {
	it := i.Assessment.Item
	it.Done = append(it.Done, work.Delivery{Item: text, Said: work.Said{Comment: 1, At: at}, Since: at})
	return i
}

// score prints n, delivered, undated, promised and Brier.
func score(s Score) string {
	return fmt.Sprintf("%d/%d/%d %.2f %.3f", s.N, s.Delivered, s.Undated, s.Promised(), s.Brier())
}

func TestCalibration(t *testing.T) {
	in, late := instant(t, "2026-01-24T11:59:59Z"), instant(t, "2026-01-24T12:00:01Z") // weeks 1-2 end at 12:00
	items := []Item{
		delivered(viewItem(1, "node", work.Ready, "w1-2 80"), "", in),
		delivered(viewItem(2, "node", work.Ready, "w1-2 80"), "", late),
		delivered(viewItem(3, "node", work.Ready, "w1-2 75 a", "w1-2 100 b", "w3-4 70 a"), "b", in), // a is observed in weeks 3-4
		viewItem(4, "cli", work.Dropped, "w1-2 100"),
		viewItem(5, "cli", work.Done, "w3-4 60"), // on a day not known
		viewItem(6, "cli", work.Done, "w3-4 61"), // closed in time
		viewItem(7, "", work.Done, "w3-4 0"),     // closed late
		viewItem(8, "cli", work.Ready, "w7-8 40"),
		viewItem(9, "cli", work.OptedIn),
		viewItem(10, "cli", work.Ready, "w9-10 10"),
	}
	c := CalibrationOf(TallyFacts{Cycle: viewCycle(), Items: items, Closed: map[work.Key]time.Time{
		viewKey(6): instant(t, "2026-02-07T11:00:00Z"), viewKey(7): instant(t, "2026-02-08T10:00:00Z"),
	}}, instant(t, "2026-02-20T00:00:00Z"))
	rows := []string{"all " + score(c.All), fmt.Sprint("open ", c.Open)}
	for _, l := range c.Levels {
		rows = append(rows, fmt.Sprintf("%d to %d: %s", l.Low, l.High, score(l.Score)))
	}
	for _, i := range c.Increments {
		rows = append(rows, i.Increment.Name()+" "+score(i.Score))
	}
	for _, s := range c.SIGs {
		rows = append(rows, s.SIG+" "+score(s.Score))
	}
	want := []string{
		"all 8/4/1 0.66 0.366", "open 1",
		"100 to 100: 2/1/0 1.00 0.500", "80 to 80: 2/1/0 0.80 0.340", "61 to 70: 2/1/0 0.66 0.321", "60 to 60: 1/1/1 0.60 0.160", "0 to 0: 1/0/0 0.00 0.000",
		"w1-2 4/2/0 0.90 0.420", "w3-4 4/2/1 0.48 0.201",
		"cli 3/2/1 0.74 0.437", "node 4/2/0 0.82 0.292", " 1/0/0 0.00 0.000",
	}
	// node: 80 in time (0.04), 80 late (0.64), b 100 in time (0), a 70 not done (0.49): 1.17/4.
	want[0] = fmt.Sprintf("all 8/4/1 %.2f %.3f", (80+80+100+70+100+60+61+0)/800.0, (0.04+0.64+0+0.49+1+0.16+0.1521+0)/8)
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	before := CalibrationOf(TallyFacts{Cycle: viewCycle(), Items: items}, instant(t, "2026-01-24T11:59:59Z"))
	if before.All.N != 0 || before.Open != 9 || len(before.Levels)+len(before.Increments)+len(before.SIGs) > 0 {
		t.Errorf("before any increment is over: %+v", before)
	}
}

// TestDeliveredOnce: what was delivered in time is no later for being closed, confirmed or
// said again.
func TestDeliveredOnce(t *testing.T) {
	in, late := instant(t, "2026-01-24T11:59:59Z"), instant(t, "2026-01-28T12:00:00Z") // weeks 1-2 end on the 24th
	for _, tc := range []struct {
		name   string
		item   Item
		closed time.Time
		want   int
	}{
		{"closed in time, said late", delivered(viewItem(1, "node", work.Done, "w1-2 80"), "", late), in, 1},
		{"said in time, closed late", delivered(viewItem(1, "node", work.Done, "w1-2 80"), "", in), late, 1},
		{"both late", delivered(viewItem(1, "node", work.Done, "w1-2 80"), "", late), late, 0},
		{"closed as not planned in time, said late", delivered(viewItem(1, "node", work.Dropped, "w1-2 80"), "", late), in, 0},
	} {
		f := TallyFacts{Cycle: viewCycle(), Items: []Item{tc.item}, Closed: map[work.Key]time.Time{viewKey(1): tc.closed}}
		if got := CalibrationOf(f, instant(t, "2026-02-20T00:00:00Z")).All.Delivered; got != tc.want {
			t.Errorf("%s: %d delivered in time, want %d", tc.name, got, tc.want)
		}
	}
}
