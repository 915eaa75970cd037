-- +goose Up
-- Lists are picked from memory (roll.go). Each of these was two pages of the log for every report, most of them nowhere near the last one's.
DROP INDEX matters_lead;
DROP INDEX matters_category;
DROP INDEX matters_requested;
DROP INDEX matters_updated;

-- +goose Down
CREATE INDEX matters_updated ON matters (realm, updated, reported, dossier, visibility, status, category);
CREATE INDEX matters_requested ON matters (realm, reported, dossier, visibility, status, category);
CREATE INDEX matters_category ON matters (realm, category, visibility, dossier);
CREATE INDEX matters_lead ON matters (realm, lead, status, due);
