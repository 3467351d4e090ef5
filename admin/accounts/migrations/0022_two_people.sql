-- A collectivité may want two people for each change of its rules: one prepares, another one publishes.
-- Since when it does, and whose account asked to end that.
ALTER TABLE collectivites ADD COLUMN rules_by_two BIGINT;
ALTER TABLE collectivites ADD COLUMN rules_by_two_end TEXT NOT NULL DEFAULT '';
