-- +goose Up
-- Somebody waits for each reading, so that it is one row, behind the one before it: numbered within its hour. Which boxes were read is written
-- down for many at once, when their hours are sealed.
CREATE TABLE access_numbered (
    realm   TEXT   NOT NULL,
    hour    BIGINT NOT NULL, -- that it lies in
    n       BIGINT NOT NULL,
    digest  TEXT   NOT NULL /* postgres: COLLATE "C" */, -- SHA-256 of salt and line, hex
    minute  BIGINT,          -- NULL, as all that follows: emptied
    box     TEXT /* postgres: COLLATE "C" */,
    parts   TEXT,            -- names of what was opened, codes only
    reader  TEXT,            -- post:BODY/POST
    power   TEXT,            -- id of the policy
    purpose TEXT,
    salt    BYTEA,
    PRIMARY KEY (realm, hour, n)
) /* sqlite: WITHOUT ROWID */;
INSERT INTO access_numbered (realm, hour, n, digest, minute, box, parts, reader, power, purpose, salt)
    SELECT realm, hour, row_number() OVER (PARTITION BY realm, hour ORDER BY digest), digest, minute, box, parts, reader, power, purpose, salt FROM access_readings;
DROP TABLE access_readings;
ALTER TABLE access_numbered RENAME TO access_readings;

-- Which readings are of a box: of those whose hours are sealed, and that are not emptied.
CREATE TABLE access_boxes (
    realm TEXT   NOT NULL,
    box   TEXT   NOT NULL /* postgres: COLLATE "C" */,
    hour  BIGINT NOT NULL,
    n     BIGINT NOT NULL,
    PRIMARY KEY (realm, box, hour, n)
) /* sqlite: WITHOUT ROWID */;
INSERT INTO access_boxes (realm, box, hour, n) SELECT r.realm, r.box, r.hour, r.n FROM access_readings r JOIN access_heads h ON h.realm = r.realm
    WHERE r.box IS NOT NULL AND r.hour < h.until;

-- +goose Down
DROP TABLE access_boxes;
CREATE TABLE access_unnumbered (
    realm   TEXT   NOT NULL,
    hour    BIGINT NOT NULL,
    digest  TEXT   NOT NULL /* postgres: COLLATE "C" */,
    minute  BIGINT,
    box     TEXT /* postgres: COLLATE "C" */,
    parts   TEXT,
    reader  TEXT,
    power   TEXT,
    purpose TEXT,
    salt    BYTEA,
    PRIMARY KEY (realm, hour, digest)
) /* sqlite: WITHOUT ROWID */;
INSERT INTO access_unnumbered (realm, hour, digest, minute, box, parts, reader, power, purpose, salt)
    SELECT realm, hour, digest, minute, box, parts, reader, power, purpose, salt FROM access_readings;
DROP TABLE access_readings;
ALTER TABLE access_unnumbered RENAME TO access_readings;
CREATE INDEX access_readings_box ON access_readings (realm, box);
