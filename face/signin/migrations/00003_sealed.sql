-- +goose Up
-- What an attempt holds under its token: the address that a code was sent to, the secret of an app that is being added. Those that
-- wait while this is put in hold it otherwise, and are begun anew: they are of ten minutes.
ALTER TABLE attempts ADD COLUMN sealed BYTEA;
DELETE FROM attempts WHERE kind IN ('code', 'second factor to add');

-- +goose Down
DELETE FROM attempts WHERE sealed IS NOT NULL;
ALTER TABLE attempts DROP COLUMN sealed;
