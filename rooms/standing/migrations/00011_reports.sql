-- +goose Up
-- One row a month's report of a place, or of the whole realm.
CREATE TABLE reports (
    realm   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    month   TEXT   NOT NULL /* postgres: COLLATE "C" */,
    status  TEXT   NOT NULL,
    signed  BIGINT NOT NULL, -- when the newest version was signed; 0 for none
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX reports_month ON reports (realm, month);

-- +goose Down
DROP TABLE reports;
