-- +goose Up
-- Joint meetings by whoever takes part (body:CODE) and by the matters that they are on.
CREATE TABLE meetings (
    realm   TEXT   NOT NULL,
    party   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    begins  BIGINT NOT NULL,
    status  TEXT   NOT NULL,
    PRIMARY KEY (realm, party, dossier)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX meetings_begins ON meetings (realm, party, begins, dossier);

-- +goose Down
DROP TABLE meetings;
