-- +goose Up
-- One row an appeal, for the register and the queue. It holds nothing of a person.
CREATE TABLE appeals (
    realm      TEXT   NOT NULL,
    dossier    TEXT   NOT NULL /* postgres: COLLATE "C" */,
    number     TEXT   NOT NULL,
    matter     TEXT   NOT NULL,
    of_act     TEXT   NOT NULL,
    ground     TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    private    BIGINT NOT NULL,
    respondent TEXT   NOT NULL,
    reviewer   TEXT   NOT NULL,
    place      TEXT   NOT NULL,
    opened     BIGINT NOT NULL,
    due        BIGINT NOT NULL,
    decided    BIGINT,
    published  BIGINT,
    PRIMARY KEY (realm, dossier)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX appeals_matter ON appeals (realm, matter);
CREATE INDEX appeals_number ON appeals (realm, number);
CREATE INDEX appeals_status ON appeals (realm, status, due);
CREATE INDEX appeals_opened ON appeals (realm, private, opened, dossier);

-- +goose Down
DROP TABLE appeals;
