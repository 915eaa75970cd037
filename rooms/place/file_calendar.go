package place

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/sheet"
)

// CalendarFile is what a file says of calendars: the commands and the documents they need,
// by digest; their media type is MediaCalendar.
type CalendarFile struct {
	Commands  []SetCalendar
	Documents map[string][]byte
}

// calendarItem is one calendar of a file: its data, and whose it is.
type calendarItem struct {
	Place         civic.PlaceID `yaml:"place"`
	Body          civic.BodyID  `yaml:"body"`
	calendar.Spec `yaml:",inline"`
}

const (
	mostCalendarBytes = 8 << 20
	mostCalendars     = 1_000
)

// ReadCalendars reads calendars from YAML or JSON: one mapping, or a sequence of them, with the
// fields of calendar.Spec and "place" or "body". Every reason against the file names the
// calendar and field, or the row.
func ReadCalendars(data []byte) (CalendarFile, civic.Refusals) {
	if len(data) > mostCalendarBytes {
		return CalendarFile{}, civic.Refusals{civic.Refuse(civic.TooLarge, "place.calendars_large", "bytes", len(data), "most", mostCalendarBytes)}
	}
	items, err := decodeCalendars(data)
	if err != nil {
		return CalendarFile{}, sheet.Limit(yamlRefusals(err))
	}
	if len(items) == 0 {
		return CalendarFile{}, civic.Refusals{civic.Refuse(civic.Invalid, "place.calendars_empty")}
	}
	if len(items) > mostCalendars {
		return CalendarFile{}, civic.Refusals{civic.Refuse(civic.TooLarge, "place.calendars_many", "most", mostCalendars)}
	}
	f := CalendarFile{Documents: map[string][]byte{}}
	var reasons civic.Refusals
	seen := map[string]int{}
	for i, item := range items {
		at := fmt.Sprintf("calendars[%d]", i)
		if first, twice := seen[item.ID]; twice {
			reasons = append(reasons, civic.Refuse(civic.Invalid, "place.calendar_twice",
				"calendar", clip(item.ID), "other", fmt.Sprintf("calendars[%d]", first)).In(at+".id"))
			continue
		}
		seen[item.ID] = i
		digest, document, refused := CalendarDocument(item.Spec)
		for _, r := range refused {
			reasons = append(reasons, r.In(within(at, r.Field)))
		}
		f.Documents[digest] = document
		f.Commands = append(f.Commands, SetCalendar{ID: item.ID, Digest: digest, Place: item.Place, Body: item.Body})
	}
	if len(reasons) > 0 {
		return CalendarFile{}, sheet.Limit(reasons)
	}
	return f, nil
}

// decodeCalendars turns what the YAML parser panics with into an error.
func decodeCalendars(data []byte) (items []calendarItem, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) == 0 {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if doc.Content[0].Kind != yaml.MappingNode {
		err = d.Decode(&items)
		return items, err
	}
	items = make([]calendarItem, 1)
	err = d.Decode(&items[0])
	return items, err
}

var (
	yamlLine  = regexp.MustCompile(`line (\d+)`)
	yamlField = regexp.MustCompile(`line \d+: field (.+) (?:not found in type|already set in type) `)
)

// yamlRefusals puts the parser's reasons, "line 5: field x not found in type …", into our own words.
func yamlRefusals(err error) civic.Refusals {
	texts := []string{err.Error()}
	var types *yaml.TypeError
	if errors.As(err, &types) {
		texts = types.Errors
	}
	var reasons civic.Refusals
	for _, text := range texts {
		row := sheet.Row{Line: 1}
		if at := yamlLine.FindStringSubmatch(text); at != nil {
			row.Line, _ = strconv.Atoi(at[1])
		}
		switch field := yamlField.FindStringSubmatch(text); {
		case field != nil:
			reasons = append(reasons, row.Refuse(clip(field[1]), "place.calendar_field", "field", clip(field[1])))
		case types != nil:
			reasons = append(reasons, row.Refuse("", "place.calendar_value"))
		default:
			reasons = append(reasons, row.Refuse("", "place.calendar_yaml"))
		}
	}
	return reasons
}
