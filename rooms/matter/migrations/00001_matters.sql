-- +goose Up
-- One row a matter, for lists. It holds nothing of a person.
CREATE TABLE matters (
    realm       TEXT   NOT NULL,
    dossier     TEXT   NOT NULL /* postgres: COLLATE "C" */,
    number      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    category    TEXT   NOT NULL /* postgres: COLLATE "C" */,
    place       TEXT   NOT NULL,
    lat_e6      BIGINT,
    lon_e6      BIGINT,
    visibility  TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    external    TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    ending      TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    lead        TEXT   NOT NULL,
    coordinator TEXT   NOT NULL,
    box         TEXT   NOT NULL, -- of the vault, where its texts are
    round       BIGINT NOT NULL,
    reported    BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    due         BIGINT,
    answered    BIGINT,
    ended       BIGINT,
    handovers   BIGINT NOT NULL,
    row_id      TEXT   NOT NULL, -- of the duty list
    imported    BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX matters_reported ON matters (realm, reported, dossier);
CREATE INDEX matters_lead ON matters (realm, lead, status, due);
CREATE INDEX matters_category ON matters (realm, category, reported);
CREATE INDEX matters_external ON matters (realm, external) WHERE external <> '';

-- Every place that holds a matter, but the realm's root, which holds all.
CREATE TABLE matter_places (
    realm   TEXT   NOT NULL,
    place   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    PRIMARY KEY (realm, place, dossier)
) /* sqlite: WITHOUT ROWID */;

-- +goose Down
DROP TABLE matter_places;
DROP TABLE matters;
