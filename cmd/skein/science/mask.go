package science

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"skein/science/mask"
	"skein/science/requests"
)

// Mask is `skein science mask`.
type Mask struct {
	Output
	File  string `arg:"" optional:"" help:"CSV: text, perhaps id. - is standard input."`
	Text  string `placeholder:"TEXT" help:"One text instead of a file."`
	Lines bool   `help:"The file is no CSV: each line is a text."`
}

// Validate asks for one of file and text.
func (c *Mask) Validate() error {
	if (c.File == "") == (c.Text == "") {
		return errors.New("give a file, or --text")
	}
	return nil
}

// span is where in a text something lies, in characters (Unicode code points) from 0, End the first that is no part of it.
type span struct {
	Kind  mask.Kind `json:"kind"`
	Start int       `json:"start"`
	End   int       `json:"end"`
}

// Run prints a row a text: the masked text, and the spans as "kind start-end".
func (c *Mask) Run(d *Desk) error {
	list := []requests.Request{{ID: "1", Text: c.Text}}
	if c.File != "" {
		data, err := d.read(c.File)
		if err != nil {
			return err
		}
		if c.Lines {
			list = lines(data)
		} else if list, err = requests.Parse(data, "text"); err != nil {
			return err
		}
	}
	rows := make([][]any, len(list))
	for i, r := range list {
		spans := []span{}
		var said []string
		at, characters := 0, 0
		to := func(end int) int {
			characters += utf8.RuneCountInString(r.Text[at:end])
			at = end
			return characters
		}
		for _, s := range mask.Find(r.Text) {
			n := span{s.Kind, to(s.Start), to(s.End)}
			spans = append(spans, n)
			said = append(said, fmt.Sprintf("%s %d-%d", n.Kind, n.Start, n.End))
		}
		rows[i] = []any{r.ID, mask.Text(r.Text), strings.Join(said, "; ")}
		if c.format(d) == "json" {
			rows[i][2] = spans
		}
	}
	return c.table(d, []string{"id", "text", "spans"}, rows)
}

func lines(data []byte) []requests.Request {
	var out []requests.Request
	for i, line := range bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		out = append(out, requests.Request{ID: fmt.Sprint(i + 1), Text: strings.TrimSuffix(string(line), "\r")})
	}
	return out
}
