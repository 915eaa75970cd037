-- +goose Up
-- Running tallies: one row a cell, made from the journal by a follower. counts is a JSON object of numbers by measure.
CREATE TABLE standing_tallies (
    realm  TEXT NOT NULL,
    cell   TEXT NOT NULL /* postgres: COLLATE "C" */, -- the four that follow, as one
    month  TEXT NOT NULL,
    sort   TEXT NOT NULL, -- what it is by: all, body, category, place, channel
    code   TEXT NOT NULL,
    within TEXT NOT NULL, -- the category, or none for all
    counts TEXT NOT NULL,
    PRIMARY KEY (realm, cell)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX standing_tallies_code ON standing_tallies (realm, sort, code, within);

-- Up to which act the tallies count.
CREATE TABLE standing_read (
    realm    TEXT   NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);

-- +goose Down
DROP TABLE standing_read;
DROP TABLE standing_tallies;
