-- +goose Up
-- How surely a session's holder is known: 0 by one factor, 1 by one that lets her make the second, 2 by two;
-- and when she last proved it. Sessions from before are by one factor, unless a passkey began them.
ALTER TABLE sessions ADD COLUMN level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN proved BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET proved = made, level = CASE WHEN how = 'passkey' THEN 2 ELSE 0 END;

-- +goose Down
ALTER TABLE sessions DROP COLUMN proved;
ALTER TABLE sessions DROP COLUMN level;
