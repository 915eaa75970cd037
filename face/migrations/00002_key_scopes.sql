-- +goose Up
-- What a key may be used for, beside what its post may do: patterns of actions, "" for all of them.
ALTER TABLE keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE keys DROP COLUMN scopes;
