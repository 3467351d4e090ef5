-- How the first person made sure of whom they spoke to, and why the factors are to go: what the second
-- one judges by. A request that is withdrawn is deleted; the journal keeps it.
ALTER TABLE factor_resets ADD COLUMN identified TEXT NOT NULL DEFAULT 'en-personne'
    CHECK (identified IN ('en-personne', 'telephone'));
ALTER TABLE factor_resets ADD COLUMN reason TEXT NOT NULL DEFAULT '';
