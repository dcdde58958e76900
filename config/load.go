package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// MaxBytes is the largest file that is read: what a Kubernetes ConfigMap holds.
const MaxBytes = 1 << 20

// FieldError is one thing in the file that cannot be used: its path, what stands there, what may stand there.
type FieldError = cycle.FieldError

// Load reads and checks one file. Its error joins every *FieldError found, those about the shape (unknown key, wrong
// kind of value) first, then those about the meaning, each in the order of the file's blocks. On an error there is no
// Config: nothing is obeyed in part.
func Load(data []byte) (*Config, error) {
	tree, err := parse(data)
	if err != nil {
		return nil, err
	}
	check := &checker{}
	asJSON, err := json.Marshal(check.walk("", tree, reflect.TypeFor[Config]()))
	if err != nil {
		return nil, fmt.Errorf("re-encode the configuration: %w", err)
	}
	c := &Config{}
	if err := json.Unmarshal(asJSON, c); err != nil {
		return nil, fmt.Errorf("decode the configuration: %w", err)
	}
	c.fillDefaults()
	if _, isBlock := tree.(map[string]any); isBlock {
		check.config(c)
	}
	if len(check.errs) > 0 {
		return nil, errors.Join(check.errs...)
	}
	sum := sha256.Sum256(data)
	c.hash = hex.EncodeToString(sum[:])
	return c, nil
}

// LoadFile is Load of the file at path.
func LoadFile(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Load(data)
}

func (c *Config) fillDefaults() {
	if c.Repos.KEPs == "" {
		c.Repos.KEPs = DefaultKEPs
	}
	if c.Repos.OptInLabel == "" {
		c.Repos.OptInLabel = DefaultOptInLabel
	}
	if c.Voting == "" {
		c.Voting = DefaultVoting
	}
}

// parse turns the bytes into maps, lists and scalars. It refuses what the YAML library would take in silence: a second
// document and a key written twice.
func parse(data []byte) (any, error) {
	switch {
	case len(data) > MaxBytes:
		return nil, fmt.Errorf("the file has %d bytes; a ConfigMap holds at most %d", len(data), MaxBytes)
	case !utf8.Valid(data):
		return nil, errors.New("the file is not UTF-8 text")
	}
	if line := secondDocument(data); line > 0 {
		return nil, fmt.Errorf("line %d: a second document begins here; the configuration is one", line)
	}
	asJSON, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, yamlError(data, err)
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(asJSON))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("decode the configuration: %w", err)
	}
	if tree == nil {
		return nil, errors.New("the file is empty; it has the blocks repos, roles and cycles, see docs/config.md")
	}
	return tree, nil
}

// secondDocument gives the line of a document separator after any content, 0 if there is none.
func secondDocument(data []byte) int {
	content := false
	number := 0
	for line := range bytes.Lines(data) {
		number++
		text := strings.TrimRight(string(line), " \t\r\n")
		switch {
		case text == "---" || strings.HasPrefix(text, "--- "):
			if content {
				return number
			}
		case text != "" && !strings.HasPrefix(strings.TrimLeft(text, " "), "#"):
			content = true
		}
	}
	return 0
}

// yamlPrefix is what the two libraries put before what they have to say.
var yamlPrefix = regexp.MustCompile(`^(?:error converting YAML to JSON: )?(?:yaml: )?(?:unmarshal errors:\s*)?`)

var duplicateKey = regexp.MustCompile(`key (".*?") already set in map`)

// yamlError words the library's error; a tab in front of a line is the usual cause and is named with its line.
func yamlError(data []byte, err error) error {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if bytes.ContainsRune(indent, '\t') {
			return fmt.Errorf("line %d: indented with a tab; YAML wants spaces", number)
		}
	}
	text := yamlPrefix.ReplaceAllString(err.Error(), "")
	text = duplicateKey.ReplaceAllString(text, "the key $1 is written twice")
	text = strings.ReplaceAll(text, "invalid", "unexpected")
	if strings.Contains(text, "alphabetic or numeric") || strings.Contains(text, "unknown anchor") {
		text += `; a text that begins with * stands in quotes, as in ["*"]`
	}
	return fmt.Errorf("the file is not YAML that can be read: %s", text)
}
