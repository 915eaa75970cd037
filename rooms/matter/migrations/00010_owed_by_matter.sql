-- +goose Up
-- What is owed is kept by matter: matters sort by age, so the rows of new ones lie together, and what is owed next takes the row of
-- what was owed before. By body they lay apart, and PostgreSQL, of a table not yet analysed, read all that a body owes to delete one.
CREATE TABLE matter_owed_by (
    realm   TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    n       BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    what    TEXT   NOT NULL,
    due     BIGINT NOT NULL,
    PRIMARY KEY (realm, dossier, n)
) /* sqlite: WITHOUT ROWID */;

INSERT INTO matter_owed_by (realm, dossier, n, body, what, due)
    SELECT realm, dossier, ROW_NUMBER() OVER (PARTITION BY realm, dossier ORDER BY what /* postgres: COLLATE "C" */, body /* postgres: COLLATE "C" */) - 1, body, what, due
    FROM matter_owed;

DROP TABLE matter_owed;
ALTER TABLE matter_owed_by RENAME TO matter_owed;
CREATE INDEX matter_owed_due ON matter_owed (realm, body, due, dossier);

-- +goose Down
CREATE TABLE matter_owed_by (
    realm   TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    what    TEXT   NOT NULL,
    due     BIGINT NOT NULL,
    PRIMARY KEY (realm, body, dossier, what)
) /* sqlite: WITHOUT ROWID */;

INSERT INTO matter_owed_by (realm, body, dossier, what, due) SELECT realm, body, dossier, what, due FROM matter_owed;

DROP TABLE matter_owed;
ALTER TABLE matter_owed_by RENAME TO matter_owed;
CREATE INDEX matter_owed_due ON matter_owed (realm, body, due, dossier);
