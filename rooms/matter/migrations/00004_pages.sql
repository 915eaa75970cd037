-- +goose Up
-- How many public matters a category has is counted from this index alone.
DROP INDEX matters_category;
CREATE INDEX matters_category ON matters (realm, category, visibility, dossier);

-- +goose Down
DROP INDEX matters_category;
CREATE INDEX matters_category ON matters (realm, category, reported);
