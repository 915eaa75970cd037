-- +goose Up
-- What the clock may have to erase: ended matters whose box holds something, by kind and end.
CREATE INDEX matters_kept ON matters (realm, kind, ended) WHERE box <> '';

-- +goose Down
DROP INDEX matters_kept;
