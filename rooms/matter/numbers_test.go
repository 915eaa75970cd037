package matter

import (
	"os"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"skein/frame/civic"
)

// Vectors of ISO/IEC 7064 MOD 11,10 as python-stdnum's documentation has them.
func TestCheckDigit(t *testing.T) {
	for digits, want := range map[string]byte{"79462": '3', "00200667308": '5'} {
		if got := checkDigit(digits); got != want {
			t.Errorf("%s: %c, want %c", digits, got, want)
		}
	}
}

func TestNumbersAreAPermutation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var key [32]byte
		copy(key[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		n := NewNumbers(key)
		p := civic.Position(rapid.Int64Range(1, numberSpace-1).Draw(t, "position"))
		q := civic.Position(rapid.Int64Range(1, numberSpace-1).Draw(t, "other"))
		a, ok := n.Of(p)
		b, _ := n.Of(q)
		if !ok || !a.Valid() || (a == b) != (p == q) {
			t.Fatalf("%d → %s, %d → %s", p, a, q, b)
		}
		if back, ok := n.Position(a); !ok || back != p {
			t.Fatalf("%s leads back to %d, not %d", a, back, p)
		}
		if id, ok := First(ID(p)); !ok || id != p {
			t.Fatalf("%s is not of %d", ID(p), p)
		}
		if p < q != (ID(p) < ID(q)) && p != q {
			t.Fatal("names do not sort by age", ID(p), ID(q))
		}
	})
	n := NewNumbers([32]byte{7})
	for _, p := range []civic.Position{-1, 0, numberSpace} {
		if _, ok := n.Of(p); ok {
			t.Errorf("%d has a number", p)
		}
	}
}

// All positions of a small stretch, so that a collision among neighbours could not hide.
func TestNumbersOfNeighboursAreDistinctAndFarApart(t *testing.T) {
	n := NewNumbers([32]byte{9})
	seen := map[Number]civic.Position{}
	near := 0
	last := 0
	for p := civic.Position(1); p <= 50_000; p++ {
		x, _ := n.Of(p)
		if before, twice := seen[x]; twice {
			t.Fatalf("%d and %d are both %s", before, p, x)
		}
		seen[x] = p
		value := 0
		for _, r := range x[:9] {
			value = value*10 + int(r-'0')
		}
		if d := value - last; d > -1_000_000 && d < 1_000_000 {
			near++
		}
		last = value
	}
	// By chance 1 in 500 neighbours lies within a million of the one before.
	if near > 300 {
		t.Errorf("%d of 50,000 neighbours lie near each other", near)
	}
}

func TestReadingNumbers(t *testing.T) {
	n, _ := testNumbers.Of(4711)
	text := n.String()
	if len(text) != 12 || text[3] != '-' || text[7] != '-' {
		t.Fatal(text)
	}
	wide := ""
	for _, r := range string(n) {
		wide += string(r - '0' + '０')
	}
	for _, typed := range []string{text, string(n), string(n[:3]) + " " + string(n[3:6]) + "　" + string(n[6:]), wide, " " + text + " ", string(n[:5]) + "－" + string(n[5:])} {
		if got, err := ParseNumber(typed); err != nil || got != n {
			t.Errorf("%q: %s %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "12", text + "1", "412-338-09x7", "'; DROP TABLE", "٤١٢٣٣٨٠٩٥٧"} {
		if _, err := ParseNumber(typed); err == nil || err.(civic.Refusal).Key != "matter.number_unreadable" {
			t.Errorf("%q: %v", typed, err)
		}
	}
	// Every single wrong digit is found.
	for i := range 10 {
		for d := byte('0'); d <= '9'; d++ {
			wrong := []byte(n)
			if wrong[i] == d {
				continue
			}
			wrong[i] = d
			if _, err := ParseNumber(string(wrong)); err == nil || err.(civic.Refusal).Key != "matter.number_check" {
				t.Errorf("%s passes for %s", wrong, n)
			}
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"412-338-0957", "４１２ 338　0957", "", "-", "00000000000000000000", "\xff\xfe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		n, err := ParseNumber(typed)
		if err != nil {
			return
		}
		if again, err := ParseNumber(n.String()); err != nil || again != n || !n.Valid() {
			t.Fatal(typed, n, again, err)
		}
	})
}

func BenchmarkNumberOf(b *testing.B) {
	n := NewNumbers([32]byte{1})
	for i := range b.N {
		n.Of(civic.Position(i%1_000_000 + 1))
	}
}

func BenchmarkReport(b *testing.B) {
	w := newWorld(b)
	f := w.facts(State{}, lamp(), ann, monday)
	for b.Loop() {
		if _, refusals := Decide(State{}, lamp(), f); len(refusals) > 0 {
			b.Fatal(refusals)
		}
	}
}

// A number that a page or a refusal gives as an example can be typed as it stands there.
func TestExamplesAreNumbers(t *testing.T) {
	example := regexp.MustCompile(`\d{3}-\d{3}-\d{4}`)
	for _, file := range []string{"messages.en.json", "messages.zh-Hans.json", "pages/messages.en.json", "pages/messages.zh-Hans.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := example.FindAllString(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s has no example", file)
		}
		for _, number := range found {
			if _, err := ParseNumber(number); err != nil {
				t.Errorf("%s gives %s: %v", file, number, err)
			}
		}
	}
}
