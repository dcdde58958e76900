package githubsim

import (
	"fmt"
	"strconv"
	"strings"
	"text/scanner"
)

// selection is one field, or an inline fragment ("... on X", then on is set and name empty).
type selection struct {
	name, alias, on string
	args            map[string]any
	sub             []selection
	line, col       int
}

// variable stands for a $name among the arguments, enum for a bare word.
type (
	variable string
	enum     string
)

// gqlParser reads the part of GraphQL that the known queries use: one query or mutation with variables, fields with
// aliases and arguments, inline fragments. Named fragments and directives are refused.
type gqlParser struct {
	s   scanner.Scanner
	tok rune
	err error
}

func parseQuery(src string) (operation string, sels []selection, err error) {
	p := &gqlParser{}
	p.s.Init(strings.NewReader(src))
	p.s.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanFloats | scanner.ScanStrings
	p.s.Error = func(_ *scanner.Scanner, msg string) { p.fail(msg) }
	p.next()
	operation = "query"
	if p.tok == scanner.Ident {
		if operation = p.s.TokenText(); operation != "query" && operation != "mutation" {
			return "", nil, fmt.Errorf("%s is not supported here, only query and mutation", operation)
		}
		p.next()
		if p.tok == scanner.Ident {
			p.next()
		}
		if p.tok == '(' {
			p.skipDeclarations()
		}
	}
	sels = p.set()
	if p.err == nil && p.tok != scanner.EOF {
		p.fail("expected the end of the query")
	}
	return operation, sels, p.err
}

func (p *gqlParser) next() { p.tok = p.s.Scan() }

func (p *gqlParser) fail(msg string) {
	if p.err == nil {
		p.err = fmt.Errorf("parse error on %q (line %d, column %d): %s", p.s.TokenText(), p.s.Line, p.s.Column, msg)
	}
	p.tok = scanner.EOF
}

func (p *gqlParser) want(tok rune) {
	if p.tok != tok {
		p.fail("expected " + scanner.TokenString(tok))
		return
	}
	p.next()
}

// skipDeclarations skips ($a: T!, $b: [T!]! = …): the types are not checked, the values are where they are used.
func (p *gqlParser) skipDeclarations() {
	for p.tok != ')' && p.tok != scanner.EOF {
		p.next()
	}
	p.want(')')
}

func (p *gqlParser) set() (out []selection) {
	p.want('{')
	for p.tok != '}' && p.err == nil {
		out = append(out, p.selection())
		if p.tok == ',' {
			p.next()
		}
	}
	p.want('}')
	if len(out) == 0 {
		p.fail("expected a field")
	}
	return out
}

func (p *gqlParser) word() string {
	w := p.s.TokenText()
	p.want(scanner.Ident)
	return w
}

func (p *gqlParser) selection() (s selection) {
	s.line, s.col = p.s.Line, p.s.Column
	if p.tok == '.' {
		p.want('.')
		p.want('.')
		p.want('.')
		if w := p.word(); w != "on" {
			p.fail("only inline fragments with a type are supported here")
		}
		s.on = p.word()
		s.sub = p.set()
		return s
	}
	s.name = p.word()
	s.alias = s.name
	if p.tok == ':' {
		p.next()
		s.name = p.word()
	}
	if p.tok == '(' {
		p.next()
		s.args = p.pairs(')')
	}
	if p.tok == '@' {
		p.fail("directives are not supported here")
	}
	if p.tok == '{' {
		s.sub = p.set()
	}
	return s
}

// pairs reads name: value until end; commas are blanks in GraphQL.
func (p *gqlParser) pairs(end rune) map[string]any {
	out := map[string]any{}
	for p.tok != end && p.err == nil {
		name := p.word()
		p.want(':')
		out[name] = p.value()
		if p.tok == ',' {
			p.next()
		}
	}
	p.want(end)
	return out
}

func (p *gqlParser) value() (v any) {
	switch p.tok {
	case scanner.Int:
		v, _ = strconv.ParseFloat(p.s.TokenText(), 64)
	case scanner.String:
		v, _ = strconv.Unquote(p.s.TokenText())
	case scanner.Ident:
		words := map[string]any{"true": true, "false": false, "null": nil}
		var ok bool
		if v, ok = words[p.s.TokenText()]; !ok {
			v = enum(p.s.TokenText())
		}
	case '$':
		p.next()
		return variable(p.word())
	case '{':
		p.next()
		return p.pairs('}')
	case '[':
		p.next()
		all := []any{}
		for p.tok != ']' && p.err == nil {
			all = append(all, p.value())
			if p.tok == ',' {
				p.next()
			}
		}
		p.want(']')
		return all
	default:
		p.fail("expected a value")
	}
	p.next()
	return v
}
