-- +goose Up
-- One row a finding or recommendation. All of it is public.
CREATE TABLE findings (
    realm       TEXT   NOT NULL,
    dossier     TEXT   NOT NULL /* postgres: COLLATE "C" */,
    subject     TEXT   NOT NULL,
    thing       TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    recommended BIGINT NOT NULL,
    opened      BIGINT NOT NULL,
    due         BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX findings_opened ON findings (realm, opened, dossier);

-- +goose Down
DROP TABLE findings;
