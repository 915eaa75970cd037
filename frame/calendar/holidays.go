package calendar

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"skein/frame/civic"
)

// mostBytes bounds an imported file; a century of holidays is a tenth of it.
const mostBytes = 2 << 20

// ParseCSV reads adjustments from a table with the columns date and kind, and any number
// of name.<language> columns. Refusals name the row, counting the heading as row 1.
func ParseCSV(data []byte) ([]Adjustment, error) {
	if err := readable(data); err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord = -1 // rows of another length are refused by number below
	heading, err := r.Read()
	if err != nil {
		return nil, civic.Refuse(civic.Malformed, "calendar.csv_heading").In("row 1")
	}
	date, kind, names, err := columns(heading)
	if err != nil {
		return nil, err
	}
	var list []Adjustment
	var refusals civic.Refusals
	seen := map[string]string{}
	for row := 2; ; row++ {
		field := fmt.Sprintf("row %d", row)
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			refusals = append(refusals, civic.Refuse(civic.Malformed, "calendar.csv_unreadable").In(field))
			break
		}
		if row > mostAdjustments+1 {
			return nil, civic.Refuse(civic.TooLarge, "calendar.too_many_rows", "most", mostAdjustments).In(field)
		}
		if len(record) != len(heading) {
			refusals = append(refusals, civic.Refuse(civic.Malformed, "calendar.csv_columns",
				"found", len(record), "expected", len(heading)).In(field))
			continue
		}
		a := Adjustment{Date: strings.TrimSpace(record[date]), Kind: strings.TrimSpace(record[kind])}
		for lang, column := range names {
			if text := strings.TrimSpace(record[column]); text != "" {
				if a.Name == nil {
					a.Name = Title{}
				}
				a.Name[lang] = text
			}
		}
		refusals = append(refusals, rowRefusals(a, field, seen)...)
		list = append(list, a)
	}
	if err := refusals.Err(); err != nil {
		return nil, err
	}
	return list, nil
}

// columns finds the columns of a heading; names are by language.
func columns(heading []string) (date, kind int, names map[string]int, err error) {
	date, kind, names = -1, -1, map[string]int{}
	for i, title := range heading {
		title = strings.TrimSpace(title)
		lang, isName := strings.CutPrefix(title, "name.")
		_, twice := names[lang]
		switch {
		case title == "date" && date < 0:
			date = i
		case title == "kind" && kind < 0:
			kind = i
		case isName && lang != "" && !twice:
			names[lang] = i
		default:
			return 0, 0, nil, civic.Refuse(civic.Malformed, "calendar.csv_column_unknown", "value", clip(title)).In("row 1")
		}
	}
	if date < 0 || kind < 0 {
		return 0, 0, nil, civic.Refuse(civic.Malformed, "calendar.csv_heading").In("row 1")
	}
	return date, kind, names, nil
}

// rowRefusals checks one adjustment; seen holds where each date was read first.
func rowRefusals(a Adjustment, field string, seen map[string]string) (refusals civic.Refusals) {
	if _, err := ParseDay(a.Date); err != nil {
		refusals = append(refusals, civic.Refuse(civic.Invalid, "calendar.date_invalid", "value", clip(a.Date)).In(field))
	} else if first, twice := seen[a.Date]; twice {
		refusals = append(refusals, civic.Refuse(civic.Invalid, "calendar.date_twice", "date", a.Date, "first", first).In(field))
	} else {
		seen[a.Date] = field
	}
	if a.Kind != Holiday && a.Kind != MakeupWorkday {
		refusals = append(refusals, civic.Refuse(civic.Invalid, "calendar.kind_unknown", "value", clip(a.Kind)).In(field))
	}
	return refusals
}

func readable(data []byte) error {
	if len(data) > mostBytes {
		return civic.Refuse(civic.TooLarge, "calendar.file_too_large", "most", mostBytes)
	}
	if !utf8.Valid(data) {
		return civic.Refuse(civic.Malformed, "calendar.not_utf8")
	}
	return nil
}

// Year is what one file of github.com/NateScarlet/holiday-cn says: the public holidays and
// make-up workdays that the State Council decreed for a year of mainland China.
type Year struct {
	Year        int
	Sources     []string // addresses of the decrees
	Adjustments []Adjustment
}

// ParseYear reads one such file (JSON, schema.json of that project). Names are taken as
// "zh-Hans". Refusals name the row, days[0] being the first.
func ParseYear(data []byte) (Year, error) {
	if err := readable(data); err != nil {
		return Year{}, err
	}
	var file struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []struct {
			Name     string `json:"name"`
			Date     string `json:"date"`
			IsOffDay *bool  `json:"isOffDay"`
		} `json:"days"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return Year{}, civic.Refuse(civic.Malformed, "calendar.json_unreadable", "at", jsonPlace(err))
	}
	if file.Year < firstYear || file.Year > lastYear {
		return Year{}, civic.Refuse(civic.Invalid, "calendar.year_invalid", "value", file.Year).In("year")
	}
	year := Year{Year: file.Year, Sources: file.Papers}
	var refusals civic.Refusals
	seen := map[string]string{}
	for i, d := range file.Days {
		field := fmt.Sprintf("days[%d]", i)
		a := Adjustment{Date: d.Date, Kind: MakeupWorkday}
		if d.Name != "" {
			a.Name = Title{"zh-Hans": d.Name}
		}
		if d.IsOffDay == nil {
			refusals = append(refusals, civic.Refuse(civic.Malformed, "calendar.off_day_missing").In(field))
			continue
		}
		if *d.IsOffDay {
			a.Kind = Holiday
		}
		refusals = append(refusals, rowRefusals(a, field, seen)...)
		year.Adjustments = append(year.Adjustments, a)
	}
	if err := refusals.Err(); err != nil {
		return Year{}, err
	}
	return year, nil
}

func jsonPlace(err error) string {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("byte %d", syntax.Offset)
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return clip(kind.Field)
	}
	return "end"
}

// Merge writes the adjustments, sources and covered years of several files into a Spec, in
// place of what it had. A year without days is not decreed yet and covers nothing. It
// refuses years that leave a gap, years given twice, and files that contradict each other.
// A year's decree may still change the last days of the year before, so the last covered
// December is only as certain as the decree that follows it.
func (s *Spec) Merge(years ...Year) error {
	decreed := slices.DeleteFunc(slices.Clone(years), func(y Year) bool { return len(y.Adjustments) == 0 })
	slices.SortStableFunc(decreed, func(a, b Year) int { return a.Year - b.Year })
	if len(decreed) == 0 {
		return civic.Refuse(civic.Invalid, "calendar.years_empty")
	}
	merged := *s
	merged.Adjustments, merged.Sources = nil, nil
	merged.CoveredFrom, merged.CoveredTo = decreed[0].Year, decreed[len(decreed)-1].Year
	kinds := map[string]string{}
	for i, y := range decreed {
		if i > 0 && y.Year == decreed[i-1].Year {
			return civic.Refuse(civic.Invalid, "calendar.year_twice", "year", y.Year)
		}
		if i > 0 && y.Year != decreed[i-1].Year+1 {
			return civic.Refuse(civic.Invalid, "calendar.years_gap", "from", decreed[i-1].Year, "to", y.Year)
		}
		for _, a := range y.Adjustments {
			kind, known := kinds[a.Date]
			if known && kind != a.Kind {
				return civic.Refuse(civic.Invalid, "calendar.years_contradict", "date", a.Date, "year", y.Year)
			}
			if !known {
				kinds[a.Date] = a.Kind
				merged.Adjustments = append(merged.Adjustments, a)
			}
		}
		merged.Sources = append(merged.Sources, y.Sources...)
	}
	slices.SortFunc(merged.Adjustments, func(a, b Adjustment) int { return strings.Compare(a.Date, b.Date) })
	*s = merged
	return nil
}
