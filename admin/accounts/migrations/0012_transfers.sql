-- Somebody released by a collectivité to another one, which accepts or declines. Rights never follow.
CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES memberships (id),       -- where they are released
    collectivite TEXT NOT NULL REFERENCES collectivites (id),   -- where they are to be received
    left_at BIGINT NOT NULL,            -- the end of their last day; another date there ends the transfer
    released_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_at BIGINT,
    decision TEXT CHECK (decision IN ('accepted', 'declined', 'cancelled'))
);
CREATE INDEX transfers_by_membership ON transfers (membership, decided_at);
CREATE INDEX transfers_by_collectivite ON transfers (collectivite, decided_at);
