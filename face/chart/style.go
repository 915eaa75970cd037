package chart

import (
	"fmt"
	"strings"
)

// The colours of groups: Okabe and Ito's, which people with any colour vision tell apart, the yellow left out; darker on light paper.
var (
	onLight = []string{"#0072b2", "#b34e00", "#007a5a", "#9c3d78", "#2a7fb0", "#8a6500", "#444444"}
	onBlack = []string{"#ffff00", "#7fd4ff", "#7dff9b", "#ffb3ff", "#ffd166", "#ff9d90", "#ffffff"}
	onDark  = []string{"#6cb8ff", "#ff9a4d", "#3fd1a4", "#f0a0cf", "#8fd3f4", "#e6c35c", "#bbbbbb"}
)

// style writes the picture's rules, each held to this picture by its id.
func (p *pen) style(theme string) {
	var b strings.Builder
	rule := func(selector, body string) { fmt.Fprintf(&b, "#%s %s{%s}\n", p.id, selector, body) }
	rule("text", "font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;font-size:12px;stroke:none")
	rule("text.title", "font-size:15px;font-weight:600")
	rule("text.small", "font-size:11px")
	rule(".grid,"+"#"+p.id+" .rule", "stroke-width:1;fill:none")
	rule(".observed", "stroke-width:1.4;fill:none;stroke-linecap:round")
	rule(".expected", "stroke-width:1.4;fill:none;stroke-dasharray:2 3")
	rule(".bound", "stroke-width:1.6;fill:none;stroke-dasharray:7 4")
	rule(".running", "stroke-width:1.6;stroke-dasharray:2 2;fill:none")
	rule(".hull", "fill-opacity:.12;stroke-width:1.2")
	rule(".ring", "fill-opacity:.1;stroke-width:2")
	colours := func(paper, ink, soft, grid, alarm, bound string, groups []string) {
		rule(".paper", "fill:"+paper)
		rule("text", "fill:"+ink)
		rule("text.small", "fill:"+soft)
		rule(".grid", "stroke:"+grid)
		rule(".rule", "stroke:"+soft)
		rule(".observed", "stroke:"+ink)
		rule(".running", "stroke:"+ink)
		rule(".expected", "stroke:"+groups[0])
		rule(".bound", "stroke:"+bound)
		rule(".alarm", "fill:"+alarm+";stroke:"+paper+";stroke-width:1")
		rule(".plain", "fill:"+soft)
		for i, c := range groups {
			rule(fmt.Sprintf(".g%d", i), "fill:"+c+";stroke:"+c)
		}
	}
	light := func() { colours("#ffffff", "#1a1a1a", "#595959", "#e3e3e3", "#c4001a", "#b34e00", onLight) }
	dark := func() { colours("#16181c", "#f0f0f0", "#b4b4b4", "#3a3d42", "#ff6b78", "#ff9a4d", onDark) }
	switch theme {
	case "light":
		light()
	case "dark":
		dark()
	case "contrast":
		colours("#000000", "#ffffff", "#ffffff", "#777777", "#ff9d90", "#ffd166", onBlack)
	default:
		light()
		b.WriteString("@media (prefers-color-scheme:dark){\n")
		dark()
		b.WriteString("}\n")
	}
	fmt.Fprintf(p, "<style>\n%s</style>\n", b.String())
}

// group is the class of a group's colour.
func group(i int) string {
	n := len(onLight)
	return fmt.Sprintf("g%d", (i%n+n)%n)
}
