-- +goose Up
-- A page of requests is picked from this index alone: it has all that filters ask for.
CREATE INDEX matters_requested ON matters (realm, reported, dossier, visibility, status, category);
DROP INDEX matters_reported;

-- So is one of what changed since a client last asked.
CREATE INDEX matters_updated ON matters (realm, updated, reported, dossier, visibility, status, category);

-- Progress over all matters, by time: the acts that updates.go lists.
CREATE INDEX acts_matter_updates ON acts (realm, happened, position) WHERE type IN (
    'matter.assigned', 'matter.accepted', 'matter.objected', 'matter.ruled', 'matter.corrected', 'matter.asked', 'matter.supplied',
    'matter.told', 'matter.attached', 'matter.paused', 'matter.resumed', 'matter.extended', 'matter.joined', 'matter.separated',
    'matter.answered', 'matter.declined', 'matter.confirmed', 'matter.reopened', 'matter.lapsed', 'matter.withdrawn',
    'matter.retracted', 'matter.reassigned');

-- +goose Down
DROP INDEX acts_matter_updates;
DROP INDEX matters_updated;
CREATE INDEX matters_reported ON matters (realm, reported, dossier);
DROP INDEX matters_requested;
