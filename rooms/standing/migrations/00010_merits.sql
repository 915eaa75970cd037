-- +goose Up
-- One row a merit or finding of fault, by body. There is no post in it.
CREATE TABLE merits (
    realm   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    nature  TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    status  TEXT   NOT NULL,
    decided BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX merits_shown ON merits (realm, status, decided, dossier);

-- +goose Down
DROP TABLE merits;
