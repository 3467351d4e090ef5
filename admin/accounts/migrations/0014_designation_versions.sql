-- A case that was written down with a mistake is corrected before its check, or abandoned; whoever writes
-- names the version that was seen. An abandoned case has ended, too: nothing waits for it.
ALTER TABLE designations ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE designations ADD COLUMN abandoned_at BIGINT;
ALTER TABLE designations ADD COLUMN abandonment TEXT NOT NULL DEFAULT '';
