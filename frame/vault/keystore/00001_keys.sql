-- +goose Up
-- One row: which key store this is. The realm's database remembers it.
CREATE TABLE key_store (
    id   TEXT   NOT NULL PRIMARY KEY,
    made BIGINT NOT NULL
);

-- The master keys under which something is: one, and while it is replaced two. Nothing can be put under a
-- key that has no row, and a row cannot go while anything is under it.
CREATE TABLE key_masters (
    id    TEXT   NOT NULL PRIMARY KEY, -- of the key, as in the first line of its file
    since BIGINT NOT NULL
);

-- One row a box; erasing deletes it. Some are made ahead, for boxes that are to come.
CREATE TABLE key_boxes (
    realm   TEXT  NOT NULL,
    box     TEXT  NOT NULL /* postgres: COLLATE "C" */,
    master  TEXT  NOT NULL REFERENCES key_masters (id),
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (realm, box)
);

-- Keys that were derived from a master key and outlive it, under the one of today.
CREATE TABLE key_derived (
    realm   TEXT  NOT NULL,
    purpose TEXT  NOT NULL,
    master  TEXT  NOT NULL REFERENCES key_masters (id),
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (realm, purpose)
);

-- The erasure list: which boxes are erased, in the order in which their keys were destroyed.
CREATE TABLE key_erasures (
    realm TEXT   NOT NULL,
    n     BIGINT NOT NULL,
    box   TEXT   NOT NULL /* postgres: COLLATE "C" */,
    at    BIGINT NOT NULL,
    PRIMARY KEY (realm, n)
);
CREATE UNIQUE INDEX key_erasures_box ON key_erasures (realm, box);

-- How far the erasure list reaches: it holds every erasure that a log of that origin and size knows of.
CREATE TABLE key_reached (
    realm  TEXT   NOT NULL PRIMARY KEY,
    origin TEXT   NOT NULL,
    size   BIGINT NOT NULL
);

-- Copies that were made of this store, and until when they may be kept.
CREATE TABLE key_copies (
    name  TEXT   NOT NULL PRIMARY KEY,
    made  BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- +goose Down
DROP TABLE key_copies;
DROP TABLE key_reached;
DROP TABLE key_erasures;
DROP TABLE key_derived;
DROP TABLE key_boxes;
DROP TABLE key_masters;
DROP TABLE key_store;
