package fences

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

const (
	people   = `(?:person|resident|citizen|reporter|household|applicant|voter|volunteer|officer)s?`
	verdicts = `(?:score|rank|ranking|risk|reputation|credit|grade|watchlist|blacklist|risk_level|trust_level)`
)

var (
	// A table: its name and its columns.
	createTable = regexp.MustCompile(`(?is)CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_."]+)\s*\((.*?)\n\s*\)`)
	aboutPeople = regexp.MustCompile(`(?i)\b` + people + `(?:_id)?\b`)
	verdict     = regexp.MustCompile(`(?im)^\s*"?([a-z_]*` + verdicts + `[a-z_]*)"?\s+(?:TEXT|INT|BIGINT|INTEGER|REAL|DOUBLE|NUMERIC)`)
	// A name that says it in one word: person_score, residentRisk, RankOfReporter.
	oneWord = regexp.MustCompile(`\b(?:[a-z_]*` + people + `_?` + verdicts + `[a-z_]*|` + verdicts + `_of_(?:a_|the_)?` + people + `)\b`)
	camel   = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	// Figures are of bodies: nothing is grouped by an officer, a post or a person.
	groupBy  = regexp.MustCompile("(?is)\\bGROUP\\s+BY\\s+([^;`\")]*)")
	ofAHuman = regexp.MustCompile(`(?i)\b(?:posts?|post_id|staff|staff_id|actors?|accounts?|box|` + people + `(?:_id)?)\b`)
)

// mission says where text shows what Skein will not do: a score, rank or risk of a person
// or a household, and figures by officer, by post or by person.
func mission(tree fs.FS) ([]string, error) {
	var broken []string
	err := walk(tree, func(file string, text []byte) error {
		if strings.HasPrefix(file, "fences/") || strings.HasPrefix(file, "docs/") {
			return nil // they speak of what is forbidden
		}
		ext := path.Ext(file)
		if ext != ".go" && ext != ".sql" && ext != ".templ" && ext != ".json" && ext != ".cedar" && ext != ".yaml" {
			return nil
		}
		whole := string(text)
		for _, table := range createTable.FindAllStringSubmatch(whole, -1) {
			name, columns := table[1], table[2]
			if !aboutPeople.MatchString(name) && !aboutPeople.MatchString(columns) {
				continue
			}
			for _, column := range verdict.FindAllStringSubmatch(columns, -1) {
				broken = append(broken, fmt.Sprintf("%s: table %s holds people, and a column %s: no score, rank or risk of a person", file, name, column[1]))
			}
		}
		for n, line := range strings.Split(whole, "\n") {
			if found := oneWord.FindString(strings.ToLower(camel.ReplaceAllString(line, "${1}_${2}"))); found != "" {
				broken = append(broken, fmt.Sprintf("%s:%d names %s: no score, rank or risk of a person", file, n+1, found))
			}
		}
		for _, group := range groupBy.FindAllStringSubmatchIndex(whole, -1) {
			if found := ofAHuman.FindString(whole[group[2]:group[3]]); found != "" {
				broken = append(broken, fmt.Sprintf("%s:%d groups by %s: figures are of bodies", file, 1+strings.Count(whole[:group[0]], "\n"), found))
			}
		}
		return nil
	})
	return broken, err
}
