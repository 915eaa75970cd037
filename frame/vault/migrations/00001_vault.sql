-- +goose Up
CREATE TABLE vault_keys (
    realm     TEXT   NOT NULL,
    box       TEXT   NOT NULL /* postgres: COLLATE "C" */,
    scope     TEXT   NOT NULL, -- what the box is of: "matter", "person"
    wrapped   BYTEA,           -- its key under the realm's wrapping key; NULL: erased
    erased_at BIGINT,
    PRIMARY KEY (realm, box)
);

CREATE TABLE vault_items (
    realm  TEXT  NOT NULL,
    box    TEXT  NOT NULL /* postgres: COLLATE "C" */,
    item   TEXT  NOT NULL /* postgres: COLLATE "C" */,
    parts  TEXT  NOT NULL, -- the names of what is in it, codes only
    sealed BYTEA NOT NULL,
    PRIMARY KEY (realm, box, item)
);

CREATE TABLE vault_blobs (
    realm TEXT   NOT NULL,
    box   TEXT   NOT NULL /* postgres: COLLATE "C" */,
    blob  TEXT   NOT NULL /* postgres: COLLATE "C" */, -- SHA-256 of the ciphertext
    size  BIGINT NOT NULL, -- of the content, bytes
    PRIMARY KEY (realm, box, blob)
);
CREATE INDEX vault_blobs_blob ON vault_blobs (blob);

-- Public by decision of the desk, so in clear; an empty row was taken back.
CREATE TABLE vault_released (
    realm  TEXT NOT NULL,
    box    TEXT NOT NULL /* postgres: COLLATE "C" */,
    part   TEXT NOT NULL /* postgres: COLLATE "C" */,
    media  TEXT NOT NULL,
    text   TEXT,
    blob   TEXT,
    salt   BYTEA,
    digest TEXT NOT NULL,
    PRIMARY KEY (realm, box, part)
);

-- +goose Down
DROP TABLE vault_released;
DROP TABLE vault_blobs;
DROP TABLE vault_items;
DROP TABLE vault_keys;
