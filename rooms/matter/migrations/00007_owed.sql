-- +goose Up
-- What bodies owe matters, and by when; an empty body is whoever sits at the desk. Queues are read from it.
CREATE TABLE matter_owed (
    realm   TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    dossier TEXT   NOT NULL /* postgres: COLLATE "C" */,
    what    TEXT   NOT NULL,
    due     BIGINT NOT NULL,
    PRIMARY KEY (realm, body, dossier, what)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX matter_owed_due ON matter_owed (realm, body, due, dossier);

-- Past due, for the body that coordinates.
CREATE INDEX matters_coordinator ON matters (realm, coordinator, due) WHERE status IN ('received', 'assigned', 'objected', 'working', 'paused');

-- Answers that a body begins others from. No journal makes this table, and no rebuild empties it.
CREATE TABLE matter_templates (
    realm   TEXT NOT NULL,
    body    TEXT NOT NULL,
    name    TEXT NOT NULL,
    outcome TEXT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (realm, body, name)
) /* sqlite: WITHOUT ROWID */;

-- +goose Down
DROP TABLE matter_templates;
DROP INDEX matters_coordinator;
DROP TABLE matter_owed;
