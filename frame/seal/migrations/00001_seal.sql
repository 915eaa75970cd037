-- +goose Up
-- The logs of a realm, oldest first; all but the last have ended.
CREATE TABLE seal_logs (
    realm      TEXT   NOT NULL,
    log        BIGINT NOT NULL, -- 1, 2, …
    origin     TEXT   NOT NULL,
    key        TEXT   NOT NULL, -- the verifier key (signed-note) that signs now
    size       BIGINT NOT NULL, -- leaves
    public     BIGINT NOT NULL, -- position up to which public acts are in
    private    BIGINT NOT NULL, -- position up to which private acts are in
    hour       BIGINT NOT NULL, -- up to when private acts are in
    at         BIGINT NOT NULL, -- the time that the checkpoint says
    checkpoint TEXT   NOT NULL,
    witnessed  TEXT   NOT NULL, -- the newest checkpoint that witnesses cosigned, with their lines
    ended      BIGINT,
    PRIMARY KEY (realm, log)
) /* sqlite: WITHOUT ROWID */;

-- What leaves are of: a run of acts that follow each other in log and journal, or else one text.
CREATE TABLE seal_leaves (
    realm    TEXT   NOT NULL,
    log      BIGINT NOT NULL,
    leaf     BIGINT NOT NULL, -- the first
    count    BIGINT NOT NULL,
    position BIGINT,          -- of the first act
    entry    BYTEA,           -- of a leaf that is no act
    PRIMARY KEY (realm, log, leaf)
) /* sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX seal_leaves_by_position ON seal_leaves (realm, position);

-- Hashes by tiles of 256 (tlog-tiles); the last of a level may be narrower.
CREATE TABLE seal_tiles (
    realm  TEXT   NOT NULL,
    log    BIGINT NOT NULL,
    level  BIGINT NOT NULL,
    tile   BIGINT NOT NULL,
    hashes BYTEA  NOT NULL,
    PRIMARY KEY (realm, log, level, tile)
);

-- Logs of others that this realm witnesses: the newest checkpoint it cosigned.
CREATE TABLE seal_watched (
    realm      TEXT   NOT NULL,
    origin     TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    root       BYTEA  NOT NULL,
    checkpoint TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (realm, origin)
);

-- Checkpoints that were signed by a log's key and do not fit what it signed before.
CREATE TABLE seal_evidence (
    realm   TEXT   NOT NULL,
    digest  TEXT   NOT NULL, -- SHA-256 of both, hex
    origin  TEXT   NOT NULL,
    known   TEXT   NOT NULL,
    offered TEXT   NOT NULL,
    why     TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (realm, digest)
);

-- +goose Down
DROP TABLE seal_evidence;
DROP TABLE seal_watched;
DROP TABLE seal_tiles;
DROP TABLE seal_leaves;
DROP TABLE seal_logs;
