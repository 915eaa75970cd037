package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"skein/demo/boston"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// benchMillion reads the pages of a realm with as many matters as a metropolis has: each of Boston's records many times over, a little
// later and a little further on, taken over as records. None of them is real, and the realm says so.
type benchMillion struct {
	output
	reading
	Matters int    `default:"1000000" help:"How many matters."`
	Data    string `type:"path" placeholder:"DIR" help:"Where the realm is made and stays, so that the next run measures again and need not make it anew (5 GB); a folder that is dropped afterwards if there is none."`
	Reports int    `default:"10" help:"Reports a second that come in."`
}

const generatedRealm civic.Realm = "generated"

func (c *benchMillion) Run(g *global) error {
	dir := c.Data
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "skein-million-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "made")); err != nil {
		if err := c.generate(g.ctx, dir); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "made"), nil, 0o600); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "signin.json"), []byte(`{"passwords": true}`), 0o600); err != nil { // for /me
		return err
	}
	return c.reading.run(g, c.output, where{Data: dir, Database: c.Database}, c.Reports)
}

// generate makes the realm: its places, bodies and lists by the real commands, its matters by an import.
func (c *benchMillion) generate(ctx context.Context, dir string) error {
	w := where{Data: dir}
	if err := c.town(ctx, w); err != nil {
		return err
	}
	rows, mapping := filepath.Join(dir, "rows.csv"), filepath.Join(dir, "mapping.yaml")
	defer os.Remove(rows)
	if err := c.rows(rows); err != nil {
		return err
	}
	if err := os.WriteFile(mapping, boston.Mapping, 0o600); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "import", rows, "--mapping", mapping, "--as-records", "--as-of", boston.Filled.Time().Format(time.RFC3339), "--format", "json", "--data", dir)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("skein import: %w", err)
	}
	var sum summary
	if err := json.Unmarshal(text, &sum); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d generated matters taken over in %.0f s\n", sum.TakenOver, sum.Seconds)
	return nil
}

func (c *benchMillion) town(ctx context.Context, w where) error {
	a, err := w.open(ctx, true)
	if err != nil {
		return err
	}
	defer a.close()
	settings := clerk.Settings{
		Titles: map[string]string{"en": "A generated city, for measuring", "zh-Hans": "生成的城市（测量用）"}, Zone: boston.ZoneName,
		Languages: []string{"en", "zh-Hans"}, Emergency: "911", PublicOfficers: true, Demo: &clerk.Demo{Stood: boston.Filled},
	}
	if err := a.found(ctx, generatedRealm, settings); err != nil {
		return err
	}
	realm, err := clerk.Open(ctx, a.house, a.db, generatedRealm, clerk.Options{Log: a.log, Still: true})
	if err != nil {
		return err
	}
	defer realm.Close()
	geography, err := boston.Places()
	if err != nil {
		return err
	}
	all, err := boston.Rows(func(int, int) {})
	if err != nil {
		return err
	}
	f := &filler{filling{a, realm, boston.Start, boston.Zone()}, all, geography}
	if err := f.found(ctx); err != nil {
		return err
	}
	return f.stand(ctx, settings)
}

// rows writes the records: the city's own, over and over, each time 37 seconds later and some 30 metres on.
func (c *benchMillion) rows(path string) error {
	source, err := boston.Source()
	if err != nil {
		return err
	}
	all, err := csv.NewReader(bytes.NewReader(source)).ReadAll()
	if err != nil {
		return err
	}
	columns := map[string]int{}
	for i, name := range all[0] {
		columns[name] = i
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	out := csv.NewWriter(file)
	out.Write(all[0])
	for n := range c.Matters {
		row, round := append([]string(nil), all[1+n%(len(all)-1)]...), n/(len(all)-1)
		row[columns["case_enquiry_id"]] += "-" + strconv.Itoa(round)
		for _, name := range []string{"open_dt", "target_dt", "closed_dt"} {
			const form = "2006-01-02 15:04:05"
			if at, err := time.Parse(form, row[columns[name]]); err == nil {
				row[columns[name]] = at.Add(time.Duration(round) * 37 * time.Second).Format(form)
			}
		}
		for i, name := range []string{"latitude", "longitude"} {
			if x, err := strconv.ParseFloat(row[columns[name]], 64); err == nil {
				row[columns[name]] = strconv.FormatFloat(x+float64(round)*[]float64{0.0003, -0.0004}[i], 'f', 6, 64)
			}
		}
		out.Write(row)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return file.Close()
}
