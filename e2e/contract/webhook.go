package contract

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// webhooks judges payloads. The description of the REST API carries that of the webhooks too, as an extension
// ("x-webhooks") that refers to its schemas. It is taken from there and not from the package of webhooks alone
// (@octokit/openapi-webhooks), which is older: issue_comment's pinned and unpinned, for example, are missing in it.
type webhooks struct {
	schemas map[string]*openapi3.Schema // by the name of the webhook, "issue-comment-created"
}

// newWebhooks reads x-webhooks of a description.
func newWebhooks(doc *openapi3.T) (*webhooks, error) {
	raw, err := json.Marshal(doc.Extensions["x-webhooks"])
	if err != nil {
		return nil, err
	}
	type media struct {
		Schema struct {
			Ref string `json:"$ref"`
		} `json:"schema"`
	}
	var named map[string]struct {
		Post struct {
			RequestBody struct {
				Content map[string]media `json:"content"`
			} `json:"requestBody"`
		} `json:"post"`
	}
	if err := json.Unmarshal(raw, &named); err != nil {
		return nil, err
	}
	w := &webhooks{schemas: map[string]*openapi3.Schema{}}
	for name, hook := range named {
		ref := hook.Post.RequestBody.Content["application/json"].Schema.Ref
		schema := doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
		if schema == nil {
			return nil, errors.New("x-webhooks: " + name + ": no schema " + ref)
		}
		w.schemas[name] = schema.Value
	}
	if len(w.schemas) == 0 {
		return nil, errors.New("the description names no webhook")
	}
	return w, nil
}

// webhookName is how the description calls an event with its action: "issue-comment-created", "push".
func webhookName(event, action string) string {
	name := strings.ReplaceAll(event, "_", "-")
	if action != "" {
		name += "-" + strings.ReplaceAll(action, "_", "-")
	}
	return name
}

func (w *webhooks) check(rec Record) []Violation {
	v := Violation{Subject: "webhook " + rec.Event, Part: "payload"}
	payload, ok := decodeBody(rec.Body).(map[string]any)
	if !ok {
		v.Want, v.Got = "a JSON object", brief(rec.Body)
		return []Violation{v}
	}
	action, _ := payload["action"].(string)
	name := webhookName(rec.Event, action)
	v.Subject = "webhook " + name
	schema := w.schemas[name]
	if schema == nil {
		v.Part, v.Want, v.Got = "event", "an event and action of the description", rec.Event+" "+action
		return []Violation{v}
	}
	err := schema.VisitJSON(payload, openapi3.MultiErrors(), openapi3.EnableFormatValidation())
	found := flatten(nil, v, payload, err)
	for _, pointer := range unknownFields(schema, payload) {
		miss := v
		miss.Pointer, miss.Want = pointer, "a field of the description"
		found = append(found, miss)
	}
	return found
}
