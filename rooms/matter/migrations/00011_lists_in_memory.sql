-- +goose Up
-- Lists by place, queues and what is past due are picked from memory too (roll.go, docket.go). These were near half of all pages that
-- a batch of reports wrote to the log: a page for each place, body and day, nowhere near the last report's.
-- The places are written as one text, their codes in order, apart by spaces, without the realm's root.
ALTER TABLE matters ADD COLUMN places TEXT NOT NULL DEFAULT '';
CREATE INDEX matter_places_of ON matter_places (realm, dossier, place);
UPDATE matters SET places = coalesce((
    SELECT /* sqlite: group_concat(p.place, ' ' ORDER BY p.place) *//* postgres: string_agg(p.place, ' ' ORDER BY p.place COLLATE "C") */
    FROM matter_places p WHERE p.realm = matters.realm AND p.dossier = matters.dossier), '');
DROP TABLE matter_places;
DROP INDEX matter_owed_due;
DROP INDEX matters_coordinator;

-- +goose Down
CREATE INDEX matters_coordinator ON matters (realm, coordinator, due) WHERE status IN ('received', 'assigned', 'objected', 'working', 'paused');
CREATE INDEX matter_owed_due ON matter_owed (realm, body, due, dossier);
CREATE TABLE matter_places (
    realm   TEXT   NOT NULL,
    place   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    PRIMARY KEY (realm, place, dossier)
) /* sqlite: WITHOUT ROWID */;
ALTER TABLE matters DROP COLUMN places;
