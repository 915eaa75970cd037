package science

import (
	"errors"

	"skein/science/requests"
)

// Requests is `skein science requests`.
type Requests struct {
	Rows      int     `default:"2000" help:"How many."`
	Seed      uint64  `default:"1" help:"Of the random numbers: the same seed, the same requests."`
	Days      float64 `default:"60" help:"Days over which matters arise."`
	Side      float64 `default:"8000" placeholder:"METRES" help:"Side of the square in which they lie."`
	Phrasings int     `help:"Sentences that a category has in a language; without it all that the grammar makes."`
	Vague     float64 `default:"0.05" placeholder:"SHARE" help:"Texts that do not say what they are about."`
	Signed    float64 `default:"0.2" placeholder:"SHARE" help:"Texts with an invented name, telephone number, mail or home."`
	Mislabel  float64 `default:"0.02" placeholder:"SHARE" help:"Rows with a wrong category."`
}

// Validate refuses options out of range.
func (c *Requests) Validate() error {
	share := func(v float64) bool { return v >= 0 && v <= 1 }
	switch {
	case c.Rows < 1 || c.Rows > requests.MostRows:
		return errors.New("--rows is from 1 to 2000000")
	case !(c.Days >= 1 && c.Days <= 36_500) || !(c.Side >= 1 && c.Side <= 1e6):
		return errors.New("--days is from 1 to 36500, --side from 1 to 1000000")
	case c.Phrasings < 0 || c.Phrasings > 1000:
		return errors.New("--phrasings is from 0 to 1000")
	case !share(c.Vague) || !share(c.Signed) || !share(c.Mislabel):
		return errors.New("--vague, --signed and --mislabel are shares from 0 to 1")
	}
	return nil
}

// Run writes generated requests as CSV.
func (c *Requests) Run(d *Desk) error {
	_, err := d.Out.Write(requests.Write(requests.Generate(requests.Plan{
		Seed: c.Seed, Rows: c.Rows, Days: c.Days, Side: c.Side, Phrasings: c.Phrasings, Vague: c.Vague, Signed: c.Signed, Mislabel: c.Mislabel,
	})))
	return err
}
