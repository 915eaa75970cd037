package science

import (
	"errors"
	"fmt"

	"skein/science/classify"
	"skein/science/requests"
)

// Classify is `skein science classify`.
type Classify struct {
	Train   ClassifyTrain   `cmd:"" help:"Learn categories from closed matters, and say how often the model is right."`
	Suggest ClassifySuggest `cmd:"" help:"Suggest a category for texts, or say that it is unsure."`
}

// ClassifyTrain is `skein science classify train`.
type ClassifyTrain struct {
	Output
	File      string  `arg:"" help:"CSV: text, category. - is standard input."`
	Out       string  `required:"" placeholder:"MODEL" help:"Write the model to this file."`
	K         int     `default:"5" help:"Learn only what at least so many different texts share, and publish no smaller count."`
	Precision float64 `default:"0.9" placeholder:"SHARE" help:"Suggest only where so many suggestions come true; else be unsure."`
}

// Validate refuses options out of range.
func (c *ClassifyTrain) Validate() error {
	switch {
	case c.K < 2 || c.K > 1_000_000:
		return errors.New("--k is from 2 to 1000000: what a single text says is not learnt")
	case !(c.Precision > 0 && c.Precision < 1):
		return errors.New("--precision is above 0 and below 1")
	}
	return nil
}

// Run writes the model and prints the confusion table: a row a true category, a column a suggested one. A count from 1 to k−1 is left
// empty.
func (c *ClassifyTrain) Run(d *Desk) error {
	data, err := d.read(c.File)
	if err != nil {
		return err
	}
	list, err := requests.Parse(data, "text", "category")
	if err != nil {
		return err
	}
	m, r, err := classify.Train(list, classify.Options{K: c.K, Precision: c.Precision})
	if err != nil {
		return err
	}
	written := m.Encode()
	if err := d.write(c.Out, written); err != nil {
		return err
	}
	columns := append(append([]string{"category"}, m.Categories...), "unsure")
	rows := make([][]any, len(m.Categories))
	for i, name := range m.Categories {
		rows[i] = []any{name}
		for _, n := range append(r.Confusion[i], r.Unsure[i]) {
			rows[i] = append(rows[i], c.count(n))
		}
	}
	if c.format(d) == "json" {
		return d.json(map[string]any{
			"k": m.K, "grams": len(m.Grams), "bytes": len(written), "temperature": m.Temperature, "floor": m.Floor, "threshold": m.Threshold,
			"learnt": r.Learnt, "calibrated": r.Calibrated, "tested": r.Tested, "left_out": r.LeftOut,
			"accuracy": r.Accuracy, "answered": r.Answered, "precision": r.Precision, "calibration_error": r.Calibration, "calibration_error_raw": r.Raw,
			"confusion": objects(columns, rows),
		})
	}
	if err := c.table(d, columns, rows); err != nil || c.format(d) != "text" {
		return err
	}
	share := func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }
	fmt.Fprintf(d.Out, "\n%s\n%s\n", d.Voice.Say("science.classify_learnt", "learnt", r.Learnt, "left_out", r.LeftOut, "grams", len(m.Grams), "k", m.K, "bytes", len(written)),
		d.Voice.Say("science.classify_tested", "tested", r.Tested, "accuracy", share(r.Accuracy), "answered", share(r.Answered), "precision", share(r.Precision),
			"threshold", share(m.Threshold), "calibration", share(r.Calibration)))
	return nil
}

// count is a cell: nil for a count that is too small to leave the office.
func (c *ClassifyTrain) count(n int) any {
	if n > 0 && n < c.K {
		return nil
	}
	return n
}

// ClassifySuggest is `skein science classify suggest`.
type ClassifySuggest struct {
	Output
	Model string `arg:"" help:"The file that train wrote."`
	File  string `arg:"" optional:"" help:"CSV: text, perhaps id. - is standard input."`
	Text  string `placeholder:"TEXT" help:"One text instead of a file."`
}

// Validate asks for one of file and text.
func (c *ClassifySuggest) Validate() error {
	if (c.File == "") == (c.Text == "") {
		return errors.New("give a file, or --text")
	}
	return nil
}

// Run prints a row a text: the category, empty where it is unsure, and the two likeliest with their probabilities.
func (c *ClassifySuggest) Run(d *Desk) error {
	written, err := d.read(c.Model)
	if err != nil {
		return err
	}
	m, err := classify.Decode(written)
	if err != nil {
		return err
	}
	list := []requests.Request{{ID: "1", Text: c.Text}}
	if c.File != "" {
		data, err := d.read(c.File)
		if err != nil {
			return err
		}
		if list, err = requests.Parse(data, "text"); err != nil {
			return err
		}
	}
	rows := make([][]any, len(list))
	for i, r := range list {
		s := m.Suggest(r.Text)
		first, second := s.Ranked[0], s.Ranked[1]
		rows[i] = []any{r.ID, first.Category, s.Unsure, first.Category, first.Probability, second.Category, second.Probability}
		if s.Unsure {
			rows[i][1] = nil
		}
	}
	return c.table(d, []string{"id", "category", "unsure", "first", "probability", "second", "second_probability"}, rows)
}
