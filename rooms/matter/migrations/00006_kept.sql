-- +goose Up
-- The clock asks for ended matters alone; what is open need not be in it.
DROP INDEX matters_kept;
CREATE INDEX matters_kept ON matters (realm, kind, ended) WHERE box <> '' AND ended IS NOT NULL;

-- +goose Down
DROP INDEX matters_kept;
CREATE INDEX matters_kept ON matters (realm, kind, ended) WHERE box <> '';
