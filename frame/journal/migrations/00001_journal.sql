-- +goose Up
CREATE TABLE heads (
    realm    TEXT   NOT NULL,
    position BIGINT NOT NULL, -- of the last act
    recorded BIGINT NOT NULL, -- its time; never decreases
    PRIMARY KEY (realm)
);

CREATE TABLE acts (
    realm      TEXT     NOT NULL,
    position   BIGINT   NOT NULL,
    dossier    TEXT     NOT NULL /* postgres: COLLATE "C" */,
    seq        BIGINT   NOT NULL,
    type       TEXT     NOT NULL,
    version    BIGINT   NOT NULL,
    actor      TEXT     NOT NULL,
    power      TEXT     NOT NULL,
    policies   TEXT     NOT NULL,
    happened   BIGINT   NOT NULL,
    recorded   BIGINT   NOT NULL,
    cause      BIGINT   NOT NULL,
    flags      TEXT     NOT NULL,
    data       TEXT     NOT NULL,
    salt       BYTEA    NOT NULL,
    commitment BYTEA    NOT NULL,
    PRIMARY KEY (realm, position),
    UNIQUE (realm, dossier, seq)
);

-- One row a dossier: what the frame must know without folding it.
CREATE TABLE dossiers (
    realm   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    kind    TEXT   NOT NULL,
    seq     BIGINT NOT NULL, -- of the last act
    wake    BIGINT,          -- when the clock next has business with it
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;

-- Public documents that acts name by digest: policy sets, duty lists, boundaries.
CREATE TABLE documents (
    realm   TEXT   NOT NULL,
    digest  TEXT   NOT NULL,
    media   TEXT   NOT NULL,
    content BYTEA  NOT NULL,
    PRIMARY KEY (realm, digest)
);

-- Which acts a command with an idempotency key led to.
CREATE TABLE commands (
    realm   TEXT   NOT NULL,
    key     TEXT   NOT NULL /* postgres: COLLATE "C" */,
    digest  TEXT   NOT NULL, -- of the request, so that a key is not used for two
    dossier TEXT   NOT NULL,
    first   BIGINT NOT NULL,
    last    BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (realm, key)
) /* sqlite: WITHOUT ROWID */;

-- +goose Down
DROP TABLE commands;
DROP TABLE documents;
DROP TABLE dossiers;
DROP TABLE acts;
DROP TABLE heads;
