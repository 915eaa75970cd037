package science

import (
	"errors"
	"math"

	"skein/science/requests"
	"skein/science/similar"
)

// Similar is `skein science similar`.
type Similar struct {
	Output
	File      string  `arg:"" help:"CSV: id, text; and, as far as they are known, category, x_m and y_m (metres), time. - is standard input."`
	Threshold float64 `default:"0.5" placeholder:"P" help:"Join reports into one matter while they are so with at least this probability."`
	Scatter   float64 `default:"30" placeholder:"METRES" help:"Reports of one matter lie about so far from it along each axis (standard deviation); to begin with, for a file with enough rows says itself."`
	Lag       float64 `default:"1.5" placeholder:"DAYS" help:"Mean time between two reports of one matter; to begin with, for a file over more than 24 times that says itself."`
}

// Validate refuses options out of range.
func (c *Similar) Validate() error {
	switch {
	case !(c.Threshold > 0 && c.Threshold < 1):
		return errors.New("--threshold is above 0 and below 1")
	case !(c.Scatter >= 1 && c.Scatter <= 10_000):
		return errors.New("--scatter is from 1 to 10000 metres")
	case !(c.Lag >= 0.01 && c.Lag <= 1000):
		return errors.New("--lag is from 0.01 to 1000 days")
	}
	return nil
}

// Run prints the pairs, the likeliest first. Other reports are imagined within ten times the scatter and twenty times the lag, as in
// the default model.
func (c *Similar) Run(d *Desk) error {
	data, err := d.read(c.File)
	if err != nil {
		return err
	}
	list, err := requests.Parse(data, "id", "text")
	if err != nil {
		return err
	}
	model := similar.Default
	model.Around, model.Over = model.Around/model.Scatter*c.Scatter, model.Over/model.Lag*c.Lag
	model.Scatter, model.Lag = c.Scatter, c.Lag
	pairs := similar.Pairs(list, model, c.Threshold)
	columns := []string{"a", "b", "score", "jaccard", "metres", "days", "category", "numbers"}
	rows := make([][]any, len(pairs))
	for i, p := range pairs {
		e := p.Evidence
		rows[i] = []any{list[p.A].ID, list[p.B].ID, p.Probability, nil, known(e.Metres), known(e.Days), agreement(e.Category), agreement(e.Numbers)}
		if e.Compared {
			rows[i][3] = e.Jaccard
		}
	}
	if c.format(d) == "json" {
		return d.json(map[string]any{"pairs": objects(columns, rows)})
	}
	return c.table(d, columns, rows)
}

// known is a cell: nil where the value is not known.
func known(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

func agreement(a similar.Agreement) any {
	switch a {
	case similar.Same:
		return "same"
	case similar.Different:
		return "different"
	}
	return nil
}
