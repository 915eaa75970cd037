package review

import (
	"embed"

	"skein/frame/civic"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// AppealTable has one row an appeal.
var AppealTable = &store.Table{Name: "appeals", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t dossier:t number:t matter:t of_act:t ground:t status:t result:t private:i respondent:t reviewer:t place:t opened:i due:i decided:i published:i")}

// Rows is what the table holds of an appeal.
func Rows(realm civic.Realm, id civic.DossierID, s State) []store.Write {
	private := int64(0)
	if s.Private {
		private = 1
	}
	return []store.Write{{Table: AppealTable, Row: store.Row{
		string(realm), string(id), string(s.Number), string(s.Matter), s.Of, s.Ground, string(s.Status), string(s.Result), private,
		string(s.Respondent), string(s.Reviewer), string(s.Place), int64(s.Case.Opened), int64(s.Due()),
		instant(s.Case.Decided), instant(s.Published),
	}}}
}

// Due is the limit that runs now, by which the reviewer's queue is ordered; 0 where none does.
func (s State) Due() civic.Instant {
	switch s.Status {
	case StatusOpen:
		return min(s.TakeBy.Due, s.DecideBy.Due)
	case StatusTaken:
		return s.DecideBy.Due
	case StatusDecided:
		return s.PublishBy.Due
	}
	return 0
}

func instant(i civic.Instant) any {
	if i == 0 {
		return nil
	}
	return int64(i)
}
