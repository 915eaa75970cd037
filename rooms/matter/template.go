package matter

import (
	"context"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/store"
)

// Template is an answer that a body keeps to begin others from. It is a tool of its office and no act: nothing is decided by it, and
// what is sent is what the officer then wrote. It holds nothing of a person.
type Template struct {
	Name    string // by which the body knows it
	Outcome Outcome
	Text    string
}

// TemplateTable has a row for each; no journal makes it (docs/trust.md).
var TemplateTable = &store.Table{Name: "matter_templates", Key: 3, Replace: true, Columns: store.Columns("realm:t body:t name:t outcome:t text:t")}

// mostTemplates bounds how many a body keeps.
const mostTemplates = 100

// Templates are those of a body, by name.
func (a *API) Templates(ctx context.Context, body civic.BodyID) ([]Template, error) {
	rows, err := a.Site.Realm.DB.R.QueryContext(ctx, "SELECT name, outcome, text FROM matter_templates WHERE realm = $1 AND body = $2 ORDER BY name", string(a.Site.Realm.ID), string(body))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Template
	for rows.Next() {
		var t Template
		if err := rows.Scan(&t.Name, &t.Outcome, &t.Text); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// templater refuses whoever does not handle matters of her body.
func (a *API) templater(actor civic.Actor) error {
	if a.Handles(actor) {
		return nil
	}
	return civic.Refuse(civic.Forbidden, "power.none", "action", Answer{}.Name(), "policies", "")
}

// SaveTemplate keeps a template for the body of who asks, in place of one of the same name.
func (a *API) SaveTemplate(ctx context.Context, actor civic.Actor, t Template) error {
	if err := a.templater(actor); err != nil {
		return err
	}
	var refusals civic.Refusals
	wrong := func(field, key string, args ...any) {
		refusals = append(refusals, civic.Refuse(civic.Invalid, key, args...).In(field))
	}
	t.Name, t.Text = strings.TrimSpace(t.Name), clean(t.Text, "text", &refusals)
	if t.Name == "" || !civic.Plain(t.Name, 100) {
		wrong("name", "matter.template_name", "most", 100)
	}
	if t.Text == "" && len(refusals) == 0 {
		wrong("text", "matter.missing", "field", "text")
	}
	if t.Outcome != "" && !slices.Contains(Outcomes, t.Outcome) {
		wrong("outcome", "matter.outcome_unknown", "outcome", clip(string(t.Outcome)))
	}
	for _, r := range Near(t.Text) { // a template is about nobody
		refusals = append(refusals, r.In("text"))
	}
	all, err := a.Templates(ctx, actor.Post.Body())
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(all, func(x Template) bool { return x.Name == t.Name })
	if !known && len(all) >= mostTemplates {
		wrong("name", "matter.template_many", "most", mostTemplates)
	}
	if len(refusals) > 0 {
		return refusals
	}
	return a.Site.Realm.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.WriteAll(ctx, []store.Write{{Table: TemplateTable, Row: store.Row{string(a.Site.Realm.ID), string(actor.Post.Body()), t.Name, string(t.Outcome), t.Text}}})
	})
}

// DropTemplate lets go of one.
func (a *API) DropTemplate(ctx context.Context, actor civic.Actor, name string) error {
	if err := a.templater(actor); err != nil {
		return err
	}
	return a.Site.Realm.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM matter_templates WHERE realm = $1 AND body = $2 AND name = $3", string(a.Site.Realm.ID), string(actor.Post.Body()), name)
		return err
	})
}
