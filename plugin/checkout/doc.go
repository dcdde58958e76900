// Package checkout reads local git checkouts: of a repository, to follow a line of code to the KEP that it was written
// for (line, commit, pull request, work item, KEP), and of the KEP repository, to hold its files against a release.
//
// What counts on a pull request is package thread's to say; here is read what it asks for.
//
// It promises: a repository is only read, but for the notes of WriteNotes, which are one commit on refs/notes/steelthread
// or none; a step that was found says by what; a step that was not found says why the thread ends there, and "not asked"
// is never shown as "not there"; words of other people come out on one line, without control characters.
//
// It does not: talk to GitHub (the caller gives an implementation of GitHub, or none), check in which role somebody said
// something outside a signed record, or clone and fetch.
package checkout
