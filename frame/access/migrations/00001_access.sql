-- +goose Up
-- Who read what of whom. An emptied row keeps its digest alone.
CREATE TABLE access_readings (
    realm   TEXT   NOT NULL,
    hour    BIGINT NOT NULL, -- that it lies in
    digest  TEXT   NOT NULL /* postgres: COLLATE "C" */, -- SHA-256 of salt and line, hex
    minute  BIGINT,          -- NULL, as all that follows: emptied
    box     TEXT /* postgres: COLLATE "C" */,
    parts   TEXT,            -- names of what was opened, codes only
    reader  TEXT,            -- post:BODY/POST
    power   TEXT,            -- id of the policy
    purpose TEXT,
    salt    BYTEA,
    PRIMARY KEY (realm, hour, digest)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX access_readings_box ON access_readings (realm, box);
CREATE INDEX access_readings_kept ON access_readings (realm, hour) WHERE box IS NOT NULL; -- what is not emptied yet

-- What was sealed: the rows of the hours from one moment until another, under one digest in the log.
CREATE TABLE access_spans (
    realm  TEXT   NOT NULL,
    until  BIGINT NOT NULL,
    since  BIGINT NOT NULL, -- where the span before ended; 0 for the first
    salt   BYTEA  NOT NULL,
    digest BYTEA  NOT NULL,
    PRIMARY KEY (realm, until)
);

-- Until when readings are sealed; whoever records or seals holds the row.
CREATE TABLE access_heads (
    realm TEXT   NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (realm)
);

-- +goose Down
DROP TABLE access_heads;
DROP TABLE access_spans;
DROP TABLE access_readings;
