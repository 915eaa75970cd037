package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"skein/frame/store"
	"skein/frame/vault"
)

// sealedColumns are where sealed bytes lie, plainColumns other bytes and why they are in clear. A column of bytes that stands in neither fails
// TestNothingStaysUnderACipher: who adds one says here which it is, and registers it with vault.Vault.Columns if it is sealed.
var (
	sealedColumns = []string{"account_links.sealed", "attempts.sealed", "key_boxes.wrapped", "key_derived.sealed", "vault_items.sealed"}
	plainColumns  = map[string]string{
		"acts.salt": "of commitments", "acts.commitment": "a digest", "documents.content": "public",
		"access_readings.salt": "of digests", "access_spans.salt": "of digests", "access_spans.digest": "a digest", "vault_released.salt": "of what is public",
		"search_index_data.block": "of what was released", "search_index_docsize.sz": "numbers", "seal_leaves.entry": "public", "seal_tiles.hashes": "digests", "seal_watched.root": "a digest",
		"vault_keys.wrapped": "of older versions: moved to the key store at the start, then empty", "vault_derived.sealed": "as vault_keys",
	}
)

// bytesColumns lists the columns of bytes of a database, as table.column.
func bytesColumns(t *testing.T, db *store.DB) (out []string) {
	t.Helper()
	query := "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND upper(p.type) IN ('BLOB', 'BYTEA') AND m.sql NOT LIKE '%fts5%' ORDER BY 1, 2"
	if db.Engine == store.Postgres {
		query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'bytea' ORDER BY 1, 2"
	}
	rows, err := db.R.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		out = append(out, table+"."+column)
	}
	return out
}

// sealedIn are the bytes of a column that are there.
func sealedIn(t *testing.T, db *store.DB, column string) (out [][]byte) {
	t.Helper()
	table, name, _ := strings.Cut(column, ".")
	rows, err := db.R.Query("SELECT " + name + " FROM " + table + " WHERE " + name + " IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// After everything was sealed anew, nothing in any column of bytes that the schema has is under the cipher before; what people keep is
// theirs still, who waits for a code asks for another, and a row that was changed is refused.
func TestNothingStaysUnderACipher(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		ctx := context.Background()
		ann := c.resident("ann@example.org")
		for _, text := range []string{"one", "two", "three"} {
			ann.tells(text, "private")
		}
		// a row whose account was erased while a copy of the database had it
		err := c.app.db.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO account_links (realm, slot, sealed) VALUES ($1, 'of nobody', $2)", string(c.realm.ID), vault.NewLock([32]byte{1}).Seal(vault.AES, []byte("x"), nil))
			return err
		})
		if err != nil {
			c.Fatal(err)
		}
		officer := c.visitor()
		officer.want(303, "POST", "/invitation", url.Values{"invitation": {c.invite("pwd/head", headsMail)}, "password": {goodPassword}})
		codes := make(chan string, 9)
		c.signIn.Send = func(_ context.Context, _, _, _, _, text string) error { codes <- text[:9]; return nil }

		for _, with := range []vault.Cipher{vault.XChaCha, vault.AES} {
			waits := c.visitor()
			waits.want(303, "POST", "/sign-in/code", url.Values{"contact": {"cleo@example.org"}})
			code := <-codes
			officer.want(303, "POST", "/me/second/begin", url.Values{})
			before := shownSecret.FindString(officer.want(200, "GET", "/me/second", nil).text)
			done, err := c.app.vault.Reseal(ctx, with, nil)
			if err != nil || done.Rows != 3 || done.Dropped != 3 { // the code, the app (twice in the second round), and nobody's in the first
				c.Fatalf("%+v %v", done, err)
			}
			found, plain := map[string]bool{}, map[string]bool{}
			for _, db := range []*store.DB{c.app.db, c.app.vault.Keys.DB} {
				for _, column := range bytesColumns(c.T, db) {
					if plainColumns[column] != "" {
						plain[column] = true
						continue
					}
					found[column] = true
					for _, b := range sealedIn(c.T, db, column) {
						if !vault.SealedBy(with, b) {
							c.Errorf("%s has %x…, which is not sealed by %s", column, b[:min(len(b), 8)], with)
							break
						}
					}
				}
			}
			for _, column := range sealedColumns {
				if !found[column] {
					c.Errorf("%s is not in the schema", column)
				}
				delete(found, column)
			}
			for column := range plainColumns {
				if !plain[column] && (c.app.db.Engine != store.Postgres || !strings.HasPrefix(column, "search_index_")) {
					c.Errorf("%s is not in the schema", column)
				}
			}
			for column := range found {
				c.Errorf("%s is new: is it sealed? Say so in this file", column)
			}
			if page := ann.want(200, "GET", "/me", nil); strings.Count(page.text, `href="/matters/`) != 3 {
				c.Errorf("what she told is lost\n%s", page.text)
			}
			waits.want(422, "POST", "/sign-in/code/check", url.Values{"code": {code}})
			waits.want(303, "POST", "/sign-in/code", url.Values{"contact": {"ann@example.org"}})
			waits.want(303, "POST", "/sign-in/code/check", url.Values{"code": {<-codes}})
			if page := waits.want(200, "GET", "/me", nil); strings.Count(page.text, `href="/matters/`) != 3 {
				c.Errorf("signed in anew she does not find what she told\n%s", page.text)
			}
			officer.want(303, "POST", "/me/second/begin", url.Values{})
			if again := shownSecret.FindString(officer.want(200, "GET", "/me/second", nil).text); again == "" || again == before {
				c.Errorf("the app cannot be added anew: %q", again)
			}
		}

		all := sealedIn(c.T, c.app.db, "account_links.sealed")
		if len(all) != 3 {
			c.Fatalf("%d rows, and nobody's is still there", len(all))
		}
		for _, sealed := range all {
			for _, at := range []int{7, 8, len(sealed) / 2, len(sealed) - 1} { // the cipher's name, the nonce, the text, the tag
				other := append([]byte{}, sealed...)
				other[at] ^= 1
				set := func(from, to []byte) {
					err := c.app.db.Update(ctx, func(tx *store.Tx) error {
						_, err := tx.ExecContext(ctx, "UPDATE account_links SET sealed = $2 WHERE sealed = $1", from, to)
						return err
					})
					if err != nil {
						c.Fatal(err)
					}
				}
				set(sealed, other)
				ann.want(500, "GET", "/me", nil)
				set(other, sealed)
			}
		}
		ann.want(200, "GET", "/me", nil)
	})
}

// A process that cannot read by what is to be sealed says that it is not ready.
func TestNotReadyWithoutItsCipher(t *testing.T) {
	onBothEngines(t, 1, func(c *city) {
		ready := func(want int) {
			c.Helper()
			status := 0
			for range 100 {
				if status = c.do("GET", "/readyz", "", nil).status; status == want {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			c.Fatalf("%d, not %d", status, want)
		}
		set := func(statement string) {
			err := c.app.vault.Keys.DB.Update(context.Background(), func(tx *store.Tx) error { _, err := tx.ExecContext(context.Background(), statement); return err })
			if err != nil {
				c.Fatal(err)
			}
		}
		ready(200)
		set("INSERT INTO key_cipher (n, cipher, since) VALUES (99, 'of-tomorrow', 1)")
		ready(503)
		set("DELETE FROM key_cipher WHERE n = 99")
		ready(200)
	})
}
