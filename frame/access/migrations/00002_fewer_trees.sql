-- +goose Up
-- Every reading is a row in every tree, and somebody waits for it: what is not emptied yet is found by the key, from where emptying stands.
ALTER TABLE access_heads ADD COLUMN emptied BIGINT NOT NULL DEFAULT 0; -- rows of hours before it are
DROP INDEX access_readings_kept;

-- +goose Down
CREATE INDEX access_readings_kept ON access_readings (realm, hour) WHERE box IS NOT NULL;
ALTER TABLE access_heads DROP COLUMN emptied;
