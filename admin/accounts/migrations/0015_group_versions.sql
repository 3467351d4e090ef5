-- A service of the town hall can be renamed: whoever does so names the version that was seen.
ALTER TABLE groups ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
