-- +goose Up
-- Only what has a released text is indexed from now on; the rest is found by its titles.
/* sqlite: INSERT INTO search_index (search_index, rowid, title, body) SELECT 'delete', n, title, body FROM search_docs WHERE body = ''; */
DELETE FROM search_docs WHERE body = '';

-- +goose Down
SELECT 1;
