package paper

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/go-pdf/fpdf"
)

// TestCut: what the library cuts from a font that was cut, and how wide it takes each character to be, is what it makes of the whole font.
func TestCut(t *testing.T) {
	whole, err := dist.ReadFile(fontFile)
	if err != nil {
		t.Fatal(err)
	}
	f, err := theFont()
	if err != nil {
		t.Fatal(err)
	}
	widths := func(font []byte, of []rune) (out []float64) {
		p := fpdf.New("P", "mm", "A4", "")
		p.AddUTF8FontFromBytes(family, "", font)
		p.SetFont(family, "", 10)
		for _, r := range of {
			out = append(out, p.GetStringWidth(string(r)))
		}
		return out
	}
	// Letters put together of others, characters that share an outline, both ends, and none.
	texts := []string{"", "ÄÅéñǖ½ﬁ", "⼀一⼆二", "办结率按到期事项计算", "\u00a0\uffee￥"}
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 40, 900} {
		var some []rune
		for range n {
			some = append(some, []rune{rune(rnd.IntN(0x500)), 0x3000 + rune(rnd.IntN(0x7000)), rune(rnd.IntN(0xFFFF))}[rnd.IntN(3)])
		}
		texts = append(texts, string(some))
	}
	for _, text := range texts {
		g := newGlyphs(f)
		used := "{pages}"
		for _, r := range text {
			if g.has(r) {
				used += string(r)
			}
		}
		small, err := f.cut(g.used)
		if err != nil {
			t.Fatal(err)
		}
		if len(small) > len(whole)/4 {
			t.Errorf("%d bytes are cut out for %q", len(small), text)
		}
		if !bytes.Equal(fpdf.UTF8CutFont(bytes.Clone(small), used), fpdf.UTF8CutFont(bytes.Clone(whole), used)) {
			t.Errorf("for %q the library cuts another font than from the whole", text)
		}
		got, want := widths(small, []rune(used)), widths(bytes.Clone(whole), []rune(used))
		for i, r := range []rune(used) {
			if got[i] != want[i] {
				t.Errorf("%U is %v wide, in the whole font %v", r, got[i], want[i])
			}
		}
	}
}
