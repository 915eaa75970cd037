-- +goose Up
CREATE INDEX vault_boxes_erased ON vault_boxes (realm, box) WHERE erased_at IS NOT NULL;

-- +goose Down
DROP INDEX vault_boxes_erased;
