-- +goose Up
-- Who can sign in. Names and contacts are in the account's box of the vault.
CREATE TABLE accounts (
    realm   TEXT   NOT NULL,
    account TEXT   NOT NULL /* postgres: COLLATE "C" */,
    kind    TEXT   NOT NULL, -- officer, resident
    box     TEXT   NOT NULL, -- of the vault
    made    BIGINT NOT NULL, -- wall time, as all times here
    closed  BIGINT NOT NULL, -- 0: open
    PRIMARY KEY (realm, account)
);

-- Which terms of office are served by whom: the id of the term's person in the body's acts.
CREATE TABLE account_terms (
    realm   TEXT NOT NULL,
    person  TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (realm, person)
);
CREATE INDEX account_terms_account ON account_terms (realm, account);

-- By what an account is proved or found. name: of a passkey its id, of a provider or an address
-- a keyed digest, of a password the account.
CREATE TABLE credentials (
    realm   TEXT   NOT NULL,
    kind    TEXT   NOT NULL, -- passkey, password, provider, address
    name    TEXT   NOT NULL,
    account TEXT   NOT NULL,
    data    TEXT   NOT NULL,
    label   TEXT   NOT NULL,
    made    BIGINT NOT NULL,
    used    BIGINT NOT NULL, -- 0: never
    PRIMARY KEY (realm, kind, name)
);
CREATE INDEX credentials_account ON credentials (realm, account);

CREATE TABLE sessions (
    realm   TEXT   NOT NULL,
    hash    TEXT   NOT NULL, -- SHA-256 of the token, hex
    account TEXT   NOT NULL,
    post    TEXT   NOT NULL, -- acted in; empty for none
    how     TEXT   NOT NULL, -- the kind of credential
    made    BIGINT NOT NULL,
    seen    BIGINT NOT NULL, -- to some minutes
    ends    BIGINT NOT NULL,
    PRIMARY KEY (realm, hash)
);
CREATE INDEX sessions_account ON sessions (realm, account);
CREATE INDEX sessions_ends ON sessions (realm, ends);

-- Which matters residents told while signed in, one row each, found and opened by a secret in the
-- account's box alone: a row does not say whose it is, nor when it came, and all are of one length.
CREATE TABLE account_links (
    realm  TEXT  NOT NULL,
    slot   TEXT  NOT NULL /* postgres: COLLATE "C" */,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (realm, slot)
) /* sqlite: WITHOUT ROWID */;

-- What was begun and waits for its second half: challenges, codes, invitations. Each is taken once.
CREATE TABLE attempts (
    realm   TEXT   NOT NULL,
    hash    TEXT   NOT NULL, -- SHA-256 of the token, hex
    kind    TEXT   NOT NULL,
    account TEXT   NOT NULL, -- empty where it is not known yet
    data    TEXT   NOT NULL, -- JSON; a code and its address in it are under the token
    made    BIGINT NOT NULL,
    ends    BIGINT NOT NULL,
    tries   BIGINT NOT NULL,
    PRIMARY KEY (realm, hash)
);
CREATE INDEX attempts_ends ON attempts (realm, ends);

-- +goose Down
DROP TABLE attempts;
DROP TABLE account_links;
DROP TABLE sessions;
DROP TABLE credentials;
DROP TABLE account_terms;
DROP TABLE accounts;
