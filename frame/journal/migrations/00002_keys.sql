-- +goose Up
-- Keys of requests and forms stood here as they were sent, whatever was in them; from now on digests of them do. Those of imports and reactors stay.
DELETE FROM commands WHERE key LIKE 'form %' OR key LIKE 'resident %' OR key LIKE 'resident:%' OR key LIKE '%/% %' AND key NOT LIKE 'import:%';
