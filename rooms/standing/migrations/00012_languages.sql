-- +goose Up
-- Figures are told by language too: the tallies are made anew, from the whole journal, by whoever serves or imports next.
DELETE FROM standing_tallies;
DELETE FROM standing_read;
DELETE FROM cursors WHERE follower = 'standing.tallies';

-- +goose Down
SELECT 1;
