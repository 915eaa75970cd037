package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"
)

// Pages: all rows, each once, the newest first; filters part the whole.
func TestOpen311Pages(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		t := c.T
		span := "start_date=2011-07-01&end_date=2011-09-28"
		all := c.rows("requests.json?" + span)
		n := public(c)
		if len(all) != n || n < 250 {
			t.Fatalf("%d rows of %d", len(all), n)
		}
		when := func(r map[string]any, field string) time.Time {
			at, err := time.Parse(time.RFC3339, r[field].(string))
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		for i := 1; i < len(all); i++ {
			if when(all[i], "requested_datetime").After(when(all[i-1], "requested_datetime")) {
				t.Fatalf("row %d is newer than the one before it", i)
			}
		}
		var paged []map[string]any
		for page := 1; ; page++ {
			a := c.open(200, fmt.Sprintf("requests.json?%s&page_size=70&page=%d", span, page))
			var rows []map[string]any
			if err := json.Unmarshal([]byte(a.text), &rows); err != nil {
				t.Fatal(err)
			}
			paged = append(paged, rows...)
			if next := a.header.Get("Link"); (next != "") != (len(rows) == 70) || next != "" && !strings.Contains(next, fmt.Sprintf("page=%d", page+1)) {
				t.Errorf("page %d of %d rows links to %q", page, len(rows), next)
			}
			if len(rows) < 70 {
				break
			}
		}
		if !reflect.DeepEqual(all, paged) {
			t.Error("the pages are not the whole")
		}
		ids := func(rows []map[string]any) []string {
			out := make([]string, len(rows))
			for i, r := range rows {
				out[i] = r["service_request_id"].(string)
			}
			sort.Strings(out)
			return out
		}
		open, closed := c.rows("requests.json?"+span+"&status=open"), c.rows("requests.json?"+span+"&status=closed")
		if len(open) == 0 || len(closed) == 0 || len(open)+len(closed) != n || len(c.rows("requests.json?"+span+"&status=open,closed")) != n ||
			len(c.rows("requests.json?"+span+"&status=open&status=closed&service_code=&page=")) != n {
			t.Errorf("%d open and %d closed", len(open), len(closed))
		}
		for _, r := range open {
			if r["status"] != "open" {
				t.Errorf("%v among the open", r)
			}
		}
		for _, r := range closed {
			if r["status"] != "closed" || r["status_notes"] != "Fixed." && r["status_notes"] != "Answered with an explanation." {
				t.Errorf("%v among the closed", r)
			}
		}
		byCode := map[string]int{}
		for _, r := range all {
			byCode[r["service_code"].(string)]++
		}
		var codes []string
		for code, some := range byCode {
			codes = append(codes, code)
			if got := c.rows("requests.json?" + span + "&service_code=" + code); len(got) != some {
				t.Errorf("%d of %s, want %d", len(got), code, some)
			}
		}
		if got := c.rows("requests.json?" + span + "&service_code=" + strings.Join(codes, ",")); len(got) != n {
			t.Errorf("all codes: %d", len(got))
		}
		// dates bound inclusively, to the second shown
		first, last := all[len(all)-1]["requested_datetime"].(string), all[0]["requested_datetime"].(string)
		if got := c.rows("requests.json?start_date=" + url.QueryEscape(first) + "&end_date=" + url.QueryEscape(last)); len(got) != n {
			t.Errorf("from the first to the last: %d", len(got))
		}
		if got := c.rows("requests.json?start_date=" + first + "&end_date=" + strings.Replace(last, "+", " ", 1)); len(got) != n {
			t.Errorf("unescaped: %d", len(got))
		}
		if got := c.rows("requests.json?start_date=2011-07-01T00:00:00-04:00&end_date=2011-09-29T00:00:00-04:00"); len(got) != n {
			t.Errorf("90 days to the second: %d", len(got))
		}
		for _, q := range []string{"start_date=2011-07-01T04:00:00Z", "end_date=2011-09-28T23:00Z"} { // one date: 90 days from it
			if got := c.rows("requests.json?" + q); len(got) != n {
				t.Errorf("%s: %d", q, len(got))
			}
		}
		if got := c.rows("requests.json"); len(got) != 0 {
			t.Errorf("%d rows of the last 90 days", len(got))
		}
		// ids override everything else
		some := append(ids(open)[:3], ids(closed)[:2]...)
		sort.Strings(some)
		got := c.rows("requests.json?service_request_id=" + strings.Join(some[:4], ",") + "&service_request_id=" + some[4] +
			",999-999-9999,x&status=closed&start_date=2001-01-01T00:00:00Z&end_date=2010-01-01T00:00:00Z")
		if !reflect.DeepEqual(ids(got), some) {
			t.Errorf("by id: %v, want %v", ids(got), some)
		}
		if got := c.rows("requests.json?service_request_id=999-999-9999"); len(got) != 0 {
			t.Error(got)
		}
		// what changed
		m := c.filed(c.openKey(), "service_code", lights, "lat", "42.33", "long", "-71.09")
		c.turn(2 * time.Hour)
		c.act(201, m, "accept", "pwd/head", nil)
		if got := c.rows("requests.json?updated_after=2012-01-02T13:00:00-05:00"); !reflect.DeepEqual(ids(got), []string{m.number}) ||
			got[0]["requested_datetime"] != "2012-01-02T12:00:00-05:00" || got[0]["updated_datetime"] != "2012-01-02T14:00:00-05:00" {
			t.Errorf("what changed: %v", got)
		}
		if got := c.rows("requests.json?updated_after=2012-01-02T15:00:00-05:00"); len(got) != 0 {
			t.Errorf("nothing changed: %v", got)
		}
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "r"})
		c.turn(24 * time.Hour)
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": true})
		if r := c.rows("requests/" + m.number + ".json")[0]; r["status"] != "closed" || r["updated_datetime"] != "2012-01-02T14:00:00-05:00" || r["status_notes"] != "Fixed." {
			t.Errorf("closed when it was answered: %v", r)
		}
	})
}
