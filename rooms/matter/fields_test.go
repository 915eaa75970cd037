package matter

import (
	"cmp"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
)

// FIELDS.md says who sees which field of a matter, and which texts. It is printed from what
// Visible does to a matter of which nothing is empty. Write it anew with UPDATE=1.
func TestFieldsAsPrinted(t *testing.T) {
	want := printFields(t)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("FIELDS.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("FIELDS.md")
	if err != nil || string(got) != want {
		t.Fatal("FIELDS.md is not what visible.go does: run the test with UPDATE=1 and read the difference", err)
	}
}

// lookers are the kinds of eyes, by what they may see.
var lookers = []struct {
	name string
	eyes Eyes
}{
	{"everyone", Eyes{}},
	{"its reporter", Eyes{Reporter: "ann"}},
	{"a post that may read it", Eyes{Post: "pwd/head", Bodies: []civic.BodyID{"pwd"}}},
	{"the body complained of", Eyes{Post: "water/head", Bodies: []civic.BodyID{"water"}}},
}

func printFields(t *testing.T) string {
	var b strings.Builder
	b.WriteString("# Who sees which field of a matter\n\nPrinted from what `Visible` (`visible.go`) does to a matter in which nothing is empty; pages, the API and Open311 show nothing else of a matter. " +
		"What is not here nobody is shown: the reporter's id, the digest of her code, the exact point of a home, her contact (in the vault). Of a blurred matter all is as of a public one; its point is the snapped one.\n\n")
	for _, visibility := range []Visibility{Public, Private} {
		var s State
		fill(t, reflect.ValueOf(&s).Elem(), 0)
		s.Seq, s.Visibility, s.Reporter, s.Against, s.Status = 9, visibility, "ann", "water", StatusAnswered
		s.Items = nil
		fmt.Fprintf(&b, "## A %s matter\n\n| field |", visibility)
		for _, l := range lookers {
			fmt.Fprintf(&b, " %s |", l.name)
		}
		b.WriteString("\n|---" + strings.Repeat("|---", len(lookers)) + "|\n")
		fields := reflect.TypeFor[View]()
		for i := range fields.NumField() {
			f := fields.Field(i)
			if !f.IsExported() || f.Name == "Items" || f.Name == "Held" || f.Name == "Back" {
				continue
			}
			fmt.Fprintf(&b, "| %s |", f.Name)
			shown := false
			for _, l := range lookers {
				v, ok := Visible(s, l.eyes)
				mark := "–"
				if ok && !reflect.ValueOf(v).Field(i).IsZero() {
					mark, shown = "sees", true
				}
				if visibility == Public {
					s.Visibility = Blurred
					if blurred, _ := Visible(s, l.eyes); !reflect.ValueOf(blurred).Field(i).IsZero() != (mark == "sees") {
						t.Errorf("%s sees %s of a public and a blurred matter differently", l.name, f.Name)
					}
					s.Visibility = Public
				}
				fmt.Fprintf(&b, " %s |", mark)
			}
			b.WriteByte('\n')
			if !shown {
				t.Errorf("of a %s matter %s is shown to nobody: the sample leaves it empty", visibility, f.Name)
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString("## Texts and photos\n\n*The original*, or *as masked* where the desk masked it. \"Held\" says how many there are beside, and Back why each is not shown: that nobody has looked at it yet, the ground and law of withholding, or that it is a working paper between bodies.\n\n| from | standing |")
	for _, l := range lookers {
		fmt.Fprintf(&b, " %s |", l.name)
	}
	b.WriteString("\n|---|---" + strings.Repeat("|---", len(lookers)) + "|\n")
	for _, from := range itemSources(t) {
		for _, showing := range []Showing{ShowUndecided, ShowReleased, ShowWithheld} {
			s := State{Seq: 9, Visibility: Public, Reporter: "ann", Against: "water", Items: []Item{{From: from, Digest: "original", Shown: "masked", Showing: showing}}}
			fmt.Fprintf(&b, "| `%s` | %s |", from, cmp.Or(string(showing), "undecided"))
			for _, l := range lookers {
				v, _ := Visible(s, l.eyes)
				mark := "–"
				if len(v.Items) == 1 {
					mark = map[string]string{"original": "the original", "masked": "as masked"}[v.Items[0].Digest]
				}
				fmt.Fprintf(&b, " %s |", mark)
			}
			b.WriteByte('\n')
		}
	}
	b.WriteString("\n## Who fills which field\n\nBeside each command the fields that it takes. Who may give it is what the policies say (`policies.cedar`, `/powers`); who sees a matter is said when it is told, and can only be narrowed afterwards.\n\n| command | by | fields |\n|---|---|---|\n")
	for _, row := range Transitions {
		i := slices.IndexFunc(trying, func(try struct {
			act string
			who civic.Actor
			cmd func(w *world, id civic.DossierID) Command
		}) bool {
			return try.act == row.Act
		})
		var cmd Command = Report{}
		if i >= 0 {
			w := newWorld(t)
			cmd = trying[i].cmd(w, "")
		} else if row.Act != "reported" {
			continue // another command's consequence, or the clock's
		}
		by := make([]string, len(row.By))
		for i, who := range row.By {
			by[i] = string(who)
		}
		var fields []string
		fieldsOf(reflect.TypeOf(cmd), &fields)
		if len(fields) == 0 {
			fields = []string{"–"}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", cmd.Name(), strings.Join(by, ", "), strings.Join(fields, ", "))
	}
	return b.String()
}

// itemSources are where texts come from, as evolve.go and the command attach name it.
func itemSources(t *testing.T) []string {
	text, err := os.ReadFile("evolve.go")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{fromReporter, "lead", "joint", "desk"}
	for _, m := range regexp.MustCompile(`s\.(?:text|bring)\(a, "([a-z]+)"`).FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	if len(out) < 8 {
		t.Fatalf("only %v were found", out)
	}
	return out
}

// fieldsOf lists the fields of a command as programs name them.
func fieldsOf(typ reflect.Type, out *[]string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Anonymous {
			fieldsOf(f.Type, out)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			*out = append(*out, "`"+name+"`")
		}
	}
}

// fill leaves nothing of a value empty.
func fill(t *testing.T, v reflect.Value, depth int) {
	if depth > 6 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(3)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(3)
	case reflect.Float64:
		v.SetFloat(3)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), depth+1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), depth+1)
		}
	case reflect.Map, reflect.Array, reflect.Interface:
	default:
		t.Fatalf("a field of kind %v", v.Kind())
	}
}

// What a Chinese keyboard gives in full width is taken as it is meant, and kept as others dial and write it.
func TestContactAsItIsTyped(t *testing.T) {
	for _, c := range []struct{ phone, email, keptPhone, keptEmail string }{
		{"010-6512 3456", "ann@example.org", "010-6512 3456", "ann@example.org"},
		{"（０１０）　６５１２－３４５６", "ａｎｎ＠example．org", "(010) 6512-3456", "ann@example.org"},
		{"＋８６ 13800138000", "", "+86 13800138000", ""},
	} {
		var refused civic.Refusals
		is := Contact{Phone: c.phone, Email: c.email}
		if is.check(&refused); len(refused) > 0 || is.Phone != c.keptPhone || is.Email != c.keptEmail {
			t.Errorf("%s, %s: %q, %q, %v", c.phone, c.email, is.Phone, is.Email, refused)
		}
	}
	for _, c := range []Contact{{Phone: "一二三"}, {Phone: "12"}, {Phone: "010、65123456"}, {Email: "ann"}, {Email: "ａｎｎ"}, {Email: "Ann <ann@example.org>"}} {
		var refused civic.Refusals
		if c.check(&refused); len(refused) != 1 {
			t.Errorf("%+v: %v", c, refused)
		}
	}
}
