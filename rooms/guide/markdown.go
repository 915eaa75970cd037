package guide

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"skein/frame/civic"
)

// What an article may be written in: CommonMark with tables, without HTML and without images. What it becomes is cleaned once more:
// nothing of it can run, call another machine, or look like a part of the page that it is not.

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

var inert = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre", "br", "hr", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnFullyQualifiedLinks(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	return p
}()

func parsed(source string) ast.Node {
	return markdown.Parser().Parse(text.NewReader([]byte(source)))
}

// Unfit says what a text holds that no article may hold, as keys of messages.
func Unfit(source string) (keys []string) {
	say := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	ast.Walk(parsed(source), func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Image:
			say("guide.no_images")
		case *ast.HTMLBlock, *ast.RawHTML:
			say("guide.no_html")
		case *ast.Link:
			if !linkFits(string(n.Destination)) {
				say("guide.link_unfit")
			}
		}
		return ast.WalkContinue, nil
	})
	return keys
}

// linkFits reports whether a link may stand in an article: a page of the realm's own, a page of the web, a mail address, a telephone.
func linkFits(to string) bool {
	if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, `/\`) || strings.HasPrefix(to, "#") {
		return true
	}
	u, err := url.Parse(to)
	return webLink(to) || err == nil && (u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != ""
}

// HTML is a text as a page shows it. Headings begin below the page's own.
func HTML(source string) string {
	root := parsed(source)
	ast.Walk(root, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && enter {
			h.Level = min(max(h.Level, 2), 4)
		}
		return ast.WalkContinue, nil
	})
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, []byte(source), root); err != nil {
		return "" // a buffer takes what it is given
	}
	return string(inert.SanitizeBytes(b.Bytes()))
}

// Words is a text without its marks, a line a block.
func Words(source string) string {
	var b strings.Builder
	raw := []byte(source)
	ast.Walk(parsed(source), func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if enter {
				b.Write(n.Value(raw))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if enter {
				b.Write(n.Value)
			}
		case *ast.AutoLink:
			if enter {
				b.Write(n.Label(raw))
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			if enter {
				for i := range n.Lines().Len() {
					line := n.Lines().At(i)
					b.Write(line.Value(raw))
				}
			}
		}
		if !enter && n.Type() == ast.TypeBlock && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
		return ast.WalkContinue, nil
	})
	return civic.Clean(b.String())
}

// mostFirst bounds a first sentence, in characters.
const mostFirst = 160

// First is the first sentence of a text.
func First(source string) string {
	line, _, _ := strings.Cut(Words(source), "\n")
	rs := []rune(line)
	for i, r := range rs {
		if strings.ContainsRune("。！？", r) || strings.ContainsRune(".!?", r) && (i+1 == len(rs) || rs[i+1] == ' ') {
			rs = rs[:i+1]
			break
		}
	}
	if len(rs) > mostFirst {
		return strings.TrimSpace(string(rs[:mostFirst])) + "…"
	}
	return string(rs)
}
