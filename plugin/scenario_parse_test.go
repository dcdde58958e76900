package plugin_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// script is one scenario file: statements, and files by name.
type script struct {
	path  string // of the file, for -update
	name  string // "commit/accepted"
	lines []stmt
	files map[string]string
	want  string
}

// wantFile is the name of the golden text in a scenario.
const wantFile = "want"

// stmt is one line of a script with the "> " lines under it.
type stmt struct {
	at      string // "accepted.txtar:12"
	words   []string
	body    string // the "> " lines without their prefix
	hasBody bool
}

// fault is a mistake in a script, with its place.
func (s stmt) fault(format string, args ...any) error {
	return fmt.Errorf("%s: %s: %s", s.at, strings.Join(s.words, " "), fmt.Sprintf(format, args...))
}

// readScript reads a scenario file. The files of world come first, so that a
// scenario may replace one of them.
func readScript(path string, world *script) (*script, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	archive := txtar.Parse(data)
	s := &script{path: path, files: map[string]string{}}
	dir, base := filepath.Split(path)
	s.name = filepath.Base(dir) + "/" + strings.TrimSuffix(base, ".txtar")
	if world != nil {
		for name, text := range world.files {
			s.files[name] = text
		}
	}
	for _, f := range archive.Files {
		if f.Name == wantFile {
			s.want = string(f.Data)
			continue
		}
		s.files[f.Name] = string(f.Data)
	}
	s.lines, err = parseStatements(base, string(archive.Comment))
	return s, err
}

// parseStatements splits the script. A line beginning with "#" is a remark, as
// is what follows " # "; a line of "> " belongs to the statement above it.
func parseStatements(file, text string) ([]stmt, error) {
	var out []stmt
	open := false // a statement may still get "> " lines
	for n, line := range strings.Split(text, "\n") {
		at := fmt.Sprintf("%s:%d", file, n+1)
		line = strings.TrimSuffix(line, "\r")
		if said, ok := saidLine(line); ok {
			if !open {
				return nil, fmt.Errorf("%s: text without anybody who says it", at)
			}
			last := &out[len(out)-1]
			if last.hasBody {
				last.body += "\n"
			}
			last.body, last.hasBody = last.body+said, true
			continue
		}
		words, err := splitWords(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		open = len(words) > 0
		if open {
			out = append(out, stmt{at: at, words: words})
		}
	}
	return out, nil
}

func saidLine(line string) (string, bool) {
	if line == ">" {
		return "", true
	}
	return strings.CutPrefix(line, "> ")
}

// splitWords splits at blanks; "…" holds one word together, in which \n and \"
// mean what they do in Go.
func splitWords(line string) ([]string, error) {
	var words []string
	for rest := strings.TrimSpace(line); rest != ""; rest = strings.TrimSpace(rest) {
		switch {
		case rest[0] == '#' && (rest == "#" || rest[1] == ' '):
			return words, nil
		case rest[0] == '"':
			end := closing(rest)
			if end < 0 {
				return nil, fmt.Errorf("a quote that does not end: %s", rest)
			}
			words = append(words, strings.NewReplacer(`\"`, `"`, `\n`, "\n", `\\`, `\`).Replace(rest[1:end]))
			rest = rest[end+1:]
		default:
			word, _, _ := strings.Cut(rest, " ")
			words = append(words, word)
			rest = rest[len(word):]
		}
	}
	return words, nil
}

func closing(quoted string) int {
	for i := 1; i < len(quoted); i++ {
		switch quoted[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// rewrite puts a new golden text at the end of the scenario file.
func (s *script) rewrite(got string) error {
	data, err := os.ReadFile(s.path)
	if err != nil {
		return err
	}
	archive := txtar.Parse(data)
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if f.Name != wantFile {
			kept = append(kept, f)
		}
	}
	archive.Files = append(kept, txtar.File{Name: wantFile, Data: []byte(got)})
	return os.WriteFile(s.path, txtar.Format(archive), 0o644)
}
