package contract

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
)

// descriptionFile is where the npm package keeps the description of github.com, below node_modules.
const descriptionFile = "@octokit/openapi/generated/api.github.com.json"

// Load reads the description from a node_modules folder. It takes some seconds: load once for each test binary.
func Load(nodeModules string) (*Checker, error) {
	path := filepath.Join(nodeModules, descriptionFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: run `npm ci` in e2e first", err)
	}
	if err != nil {
		return nil, err
	}
	defineFormats()
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	hooks, err := newWebhooks(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Checker{router: newRouter(doc), webhooks: hooks}, nil
}

// defineFormats makes "format": "uri" mean something: the OpenAPI library leaves it to its caller.
func defineFormats() {
	openapi3.DefineStringFormatValidator("uri", openapi3.NewCallbackValidator(func(value string) error {
		u, err := url.Parse(value)
		if err != nil || !u.IsAbs() {
			return errors.New("an absolute URI")
		}
		return nil
	}))
}
