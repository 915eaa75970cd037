package clerk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Settings are what a realm says of itself.
type Settings struct {
	// Titles is the realm's name by language.
	Titles    map[string]string `json:"titles"`
	Zone      string            `json:"zone"`      // IANA time zone
	Languages []string          `json:"languages"` // BCP 47, the first is the default
	PublicURL string            `json:"public_url,omitempty"`
	Emergency string            `json:"emergency"` // the number to call when life is in danger
	// PublicOfficers lets officers' names stand on public pages; the realm's law must say so.
	PublicOfficers bool `json:"public_officers,omitempty"`
	// Limits are the realm's defaults by name, such as "triage": "1wd".
	Limits map[string]string `json:"limits"`
	// Calendar is the code of the calendar that defaults go by.
	Calendar string `json:"calendar"`
	// Addresses are where bodies and posts want messages, by code: "mailto:…", "https://…".
	Addresses map[string]string `json:"addresses,omitempty"`
	// Licence is under what the realm gives its open data away, such as "CC BY 4.0".
	Licence string `json:"licence,omitempty"`
	// Retention is for how long what was told is kept after the end of a dossier of a kind that a room names, where the
	// realm's law has another time than its founding rules.
	Retention map[string]Keep `json:"retention,omitempty"`
	// ReadingsKept is for how many days it is kept who read private contents; 0 is access.Kept.
	ReadingsKept int `json:"readings_kept,omitempty"`
	// Demo is set for a realm made of sample data; its clock is not the wall's.
	Demo *Demo `json:"demo,omitempty"`
}

// Demo is the clock of a sample realm: it stood at Stood when the wall's stood at Wall,
// and runs on from there.
type Demo struct {
	Stood civic.Instant `json:"stood"`
	Wall  civic.Instant `json:"wall"`
	// Invented says that the places are no real ones: every map says so.
	Invented bool `json:"invented,omitempty"`
}

// zones are those that were read: reading one costs some 30 µs, and figures ask for each act.
var zones sync.Map // name → *time.Location

// Location is the realm's time zone.
func (s Settings) Location() *time.Location {
	if loc, ok := zones.Load(s.Zone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	zones.Store(s.Zone, loc)
	return loc
}

// Title is the realm's name in a language, or in its first.
func (s Settings) Title(lang string) string {
	if t := s.Titles[lang]; t != "" {
		return t
	}
	if len(s.Languages) > 0 {
		return s.Titles[s.Languages[0]]
	}
	return ""
}

// Keep is for how long something is kept, in days, and by which law.
type Keep struct {
	Days int    `json:"days"`
	Law  string `json:"law"`
}

// Found makes a realm: its settings and an empty journal.
func Found(ctx context.Context, db *store.DB, realm civic.Realm, s Settings) error {
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" {
		return civic.Refusals{civic.Refuse(civic.Invalid, "realm.zone", "zone", s.Zone).In("zone")}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO realms (realm, settings) VALUES ($1, $2)", string(realm), string(text))
		if store.IsDuplicate(err) {
			return civic.Refusals{civic.Refuse(civic.Conflict, "realm.taken", "realm", string(realm))}
		}
		if err != nil {
			return err
		}
		return journal.Found(ctx, tx, realm)
	})
}

// Realms lists the realms of a database in order of name.
func Realms(ctx context.Context, db *store.DB) ([]civic.Realm, error) {
	rows, err := db.R.QueryContext(ctx, "SELECT realm FROM realms ORDER BY realm")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []civic.Realm
	for rows.Next() {
		var r civic.Realm
		if err := rows.Scan(&r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func readSettings(ctx context.Context, q journal.Querier, realm civic.Realm) (Settings, error) {
	var s Settings
	var text string
	err := q.QueryRowContext(ctx, "SELECT settings FROM realms WHERE realm = $1", string(realm)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return s, civic.Refusals{civic.Refuse(civic.Missing, "journal.no_realm", "realm", string(realm))}
	}
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("clerk: settings of realm %s: %w", realm, err)
	}
	return s, nil
}

// SettingsOf reads what a realm says of itself, and its clock, without opening it.
func SettingsOf(ctx context.Context, db *store.DB, realm civic.Realm) (Settings, Clock, error) {
	s, err := readSettings(ctx, db.R, realm)
	return s, s.clock(), err
}

func (s Settings) clock() Clock {
	if s.Demo != nil {
		return demoClock{*s.Demo}
	}
	return Wall{}
}

// SaveSettings writes settings over the old ones.
func SaveSettings(ctx context.Context, db *store.DB, realm civic.Realm, s Settings) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE realms SET settings = $2 WHERE realm = $1", string(realm), string(text))
		return err
	})
}
