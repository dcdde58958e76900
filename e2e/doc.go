// Package e2e runs the plugin beside the real Prow: hook, tide, deck, checkconfig and label_sync as built from their
// source, a real browser, and a GitHub stand-in, each a process or server on the loopback interface.
//
// It is a module of its own, so that the server does not carry the dependencies of Prow's binaries. Before its tests:
//
//	go build -o bin/ tool     # the real Prow binaries; some minutes the first time
//	npm ci                    # GitHub's published descriptions, for the contract check; Mermaid
//	apt-get install chromium  # the browser
//
// A test never skips because one of these is missing: it fails and names the line above that it misses.
//
// Everything a process prints is kept below artifacts/, one file for each process and test, and the end of it is
// shown when the test fails. The tests use no network but the loopback interface, and fixed times nowhere: they wait
// for a condition, with a limit.
package e2e
