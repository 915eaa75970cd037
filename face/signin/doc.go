// Package signin says who is who: officers and residents sign in with a passkey, with an
// OpenID Connect provider, or with a password where the operator allows it; residents
// also with a code sent to their mail or phone.
//
// # Words
//
//   - An account is somebody who can sign in. An officer's account serves terms of office;
//     what it may do is what the posts of the terms that run now may do, asked anew at every
//     request. When a term ends, so do its powers. A resident's account holds nothing but the
//     matters that she told while signed in, sealed in its box of the vault.
//   - A credential proves an account (passkey, password, provider, authenticator app, recovery code)
//     or finds it (address).
//   - A factor is one of what somebody knows, has or is. Of an officer two are asked, or her session
//     acts in no post (level): a passkey is both; after a password, a code to her mail or a provider that
//     does not vouch for two comes a code by time or a recovery code.
//   - A session is a row: the SHA-256 of a random token, whose account it is, by how many factors, in
//     which post it acts, when it ends. Its owner sees all of hers and ends any.
//   - An attempt is a sign-in that has begun: a challenge, a code that was sent, an
//     invitation. It is taken once, ends by itself and counts wrong tries.
//
// # What is where
//
//	token        32 random bytes, in a cookie (HttpOnly, SameSite=Lax, Secure on https)
//	password     argon2id (RFC 9106), 19 MiB, 2 passes, with its parameters
//	address      HMAC-SHA256 under the realm's key: found, never read
//	code         8 digits, ten minutes, five tries; HMAC under its attempt's token
//	invitation   32 random bytes, behind the # of a link
//	app          TOTP (RFC 6238): 20 random bytes sealed in the account's box; the step of the last code
//	recovery     26 letters and digits, 130 bits; SHA-256
//	passkey      the public key and counter as WebAuthn Level 3 keeps them
//
// No secret is stored that could be used as it is. Whoever reads these tables learns which
// officers' accounts serve which terms, and when somebody was last there; nothing of a
// resident but that there is one.
package signin

import (
	"embed"
	"io/fs"

	"skein/frame/store"
)

// Messages holds this package's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of accounts, credentials, sessions and attempts. They are not
// made by rebuilding from the journal.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "signin", Files: files}
}
