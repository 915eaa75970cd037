package boston

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"skein/frame/civic"
)

// Total is the number of rows in the file.
const Total = 58251

// The point at which the city puts a request whose address it did not find: City Hall.
const (
	DefaultLat = 42.3594
	DefaultLon = -71.0587
)

// Row is one request as the city published it. Texts are as in the file with outer
// blanks taken off; four columns (closing text, location, two photo links) were left out
// of the shipped file, and the districts of fire, works, council and police are not read.
type Row struct {
	// Line is the line of the file, from 2.
	Line int
	// ID is the city's number of the case.
	ID string
	// Opened, Target and Closed are read in Boston's zone; Target and Closed may be 0.
	Opened, Target, Closed civic.Instant
	// OpenedText, TargetText and ClosedText are the local times as written.
	OpenedText, TargetText, ClosedText string
	// OnTime is the city's verdict: "ONTIME", "OVERDUE" or "".
	OnTime string
	// Status is "Open" or "Closed" on the day the file was made, years later.
	Status string
	Title  string
	// Subject is the department that the city's catalogue of services files the type under.
	Subject string
	Reason  string
	Type    string
	// Queue and Department held the case last.
	Queue      string
	Department string
	// Neighbourhood is the city's name, which is not that of a polygon: see Geography.Hood.
	Neighbourhood string
	// Ward is the polygon's code ("ward-03"), or "" if the row has none.
	Ward   civic.PlaceID
	Street string
	Zip    string
	// Lat and Lon are WGS 84 degrees with four decimals, about 10 m.
	Lat, Lon float64
	Source   string
}

// Located reports whether the row's point is that of an address, not the default.
func (r *Row) Located() bool { return r.Lat != DefaultLat || r.Lon != DefaultLon }

// Category is the code of the row's type of service.
func (r *Row) Category() civic.Category { return CategoryCode(r.Reason, r.Type) }

// columns names what is read, in the order of the fields below.
var columns = [...]string{
	"case_enquiry_id", "open_dt", "target_dt", "closed_dt", "ontime", "case_status", "case_title",
	"subject", "reason", "type", "queue", "department", "neighborhood", "ward", "location_street_name",
	"location_zipcode", "latitude", "longitude", "source",
}

// Rows reads all requests, in order of opening. progress may be nil; it is told now and
// then how many rows of how many are done.
func Rows(progress func(done, total int)) ([]Row, error) {
	text, err := unpack("data/boston-311-2011h2.csv.gz")
	if err != nil {
		return nil, err
	}
	return readRows(bytes.NewReader(text), progress)
}

func readRows(in io.Reader, progress func(done, total int)) ([]Row, error) {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	var at [len(columns)]int
	for i, want := range columns {
		at[i] = -1
		for j, have := range head {
			if have == want {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return nil, fmt.Errorf("requests: no column %q", want)
		}
	}
	rows := make([]Row, 0, Total)
	seen := make(map[string]string, 4096)
	// same keeps one copy of a text that comes again and again.
	same := func(s string) string {
		s = strings.TrimSpace(s)
		if kept, ok := seen[s]; ok {
			return kept
		}
		kept := strings.Clone(s)
		seen[kept] = kept
		return kept
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("requests: %w", err)
		}
		line, _ := r.FieldPos(0)
		row := Row{Line: line}
		field := func(i int) string { return strings.TrimSpace(record[at[i]]) }
		row.ID, row.OpenedText, row.TargetText, row.ClosedText = field(0), field(1), field(2), field(3)
		for _, t := range []struct {
			text string
			to   *civic.Instant
		}{{row.OpenedText, &row.Opened}, {row.TargetText, &row.Target}, {row.ClosedText, &row.Closed}} {
			c, ok, err := parseClock(t.text)
			if err != nil {
				return nil, fmt.Errorf("requests: line %d: %w", line, err)
			}
			if ok {
				*t.to = c.instant()
			}
		}
		row.OnTime, row.Status, row.Title, row.Subject = same(field(4)), same(field(5)), same(field(6)), same(field(7))
		row.Reason, row.Type, row.Queue, row.Department = same(field(8)), same(field(9)), same(field(10)), same(field(11))
		row.Neighbourhood = same(field(12))
		if row.Ward, err = wardCode(field(13)); err != nil {
			return nil, fmt.Errorf("requests: line %d: %w", line, err)
		}
		row.Street, row.Zip, row.Source = field(14), same(field(15)), same(field(18))
		if row.Lat, err = strconv.ParseFloat(field(16), 64); err != nil {
			return nil, fmt.Errorf("requests: line %d: latitude: %w", line, err)
		}
		if row.Lon, err = strconv.ParseFloat(field(17), 64); err != nil {
			return nil, fmt.Errorf("requests: line %d: longitude: %w", line, err)
		}
		rows = append(rows, row)
		if progress != nil && len(rows)%1000 == 0 {
			progress(len(rows), Total)
		}
	}
	if progress != nil {
		progress(len(rows), len(rows))
	}
	return rows, nil
}

// wards holds the codes, so that reading rows makes no new strings.
var wards = func() (w [23]civic.PlaceID) {
	for n := 1; n < len(w); n++ {
		w[n] = civic.PlaceID(fmt.Sprintf("ward-%02d", n))
	}
	return w
}()

// wardCode reads "Ward 3", "3" and "03" as "ward-03", a blank as "".
func wardCode(s string) (civic.PlaceID, error) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "Ward"))
	if s == "" {
		return "", nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n >= len(wards) {
		return "", fmt.Errorf("%q is not one of Boston's 22 wards", s)
	}
	return wards[n], nil
}
