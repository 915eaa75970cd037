-- +goose Up
-- Figures are read of all categories together, or of each: most rows are of one category within something else, and lay between those that are shown.
CREATE INDEX standing_tallies_within ON standing_tallies (realm, sort, within, code, month);
DROP INDEX standing_tallies_code;

-- +goose Down
CREATE INDEX standing_tallies_code ON standing_tallies (realm, sort, code, within);
DROP INDEX standing_tallies_within;
