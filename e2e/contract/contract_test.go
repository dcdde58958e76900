package contract

import (
	"crypto/sha256"
	"fmt"
	"os"
	"sync"
	"testing"
)

// load reads the descriptions once for all tests of the package.
var load = sync.OnceValues(func() (*Checker, error) { return Load("../node_modules") })

func checker(t *testing.T) *Checker {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestContract judges the recordings of the root module's tests. The directory comes from STEELTHREAD_CONTRACT_DIR,
// ../artifacts/contract when that is not set; no recording there is a failure, not a pass.
func TestContract(t *testing.T) {
	dir := os.Getenv("STEELTHREAD_CONTRACT_DIR")
	if dir == "" {
		dir = "../artifacts/contract"
	}
	c := checker(t)
	var report Report
	seen := map[[sha256.Size]byte]bool{}
	n, err := ReadDir(dir, func(rec Record) {
		key := rec
		key.Source = ""
		if sum := sha256.Sum256(fmt.Append(nil, key)); !seen[sum] {
			seen[sum] = true
			report.Add(c.Check(rec)...)
		}
	})
	if err != nil {
		t.Fatalf("%v\nRecord them with: STEELTHREAD_CONTRACT_DIR=<absolute path> go test ./... in the root module", err)
	}
	for _, line := range report.Lines() {
		t.Error(line)
	}
	t.Logf("%d records, %d of them different", n, len(seen))
}
