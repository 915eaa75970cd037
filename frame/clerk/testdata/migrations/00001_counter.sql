-- +goose Up
CREATE TABLE counters (
    realm   TEXT   NOT NULL,
    dossier TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    sum     BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;
CREATE TABLE counter_marks (
    realm   TEXT   NOT NULL,
    dossier TEXT   NOT NULL,
    mark    BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier, mark)
) /* sqlite: WITHOUT ROWID */;
-- +goose Down
DROP TABLE counter_marks;
DROP TABLE counters;
