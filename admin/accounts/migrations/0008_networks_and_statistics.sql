-- Statistics: openings of services by month, counted as the journal is written, so that no page reads
-- millions of entries; and what counting people needs, in order.
CREATE TABLE openings (
    month BIGINT NOT NULL,              -- 12 × year + month - 1, in Paris
    collectivite TEXT NOT NULL,
    service TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (month, collectivite, service)
);
CREATE INDEX memberships_counted ON memberships
    (collectivite, deleted_at, left_at, accepted_at, last_login_at, created_at, account);
CREATE INDEX accounts_waiting ON accounts (id) WHERE password_hash IS NULL;
CREATE INDEX access_requests_open ON access_requests (created_at, membership) WHERE decided_at IS NULL;
-- Where a collectivité's people sit: addresses that its référents write down and the CIG confirms.
CREATE TABLE networks (
    id TEXT PRIMARY KEY,
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    name TEXT NOT NULL,                 -- what rules call it
    confirmed TEXT NOT NULL DEFAULT '', -- ranges in force, one a line
    proposed TEXT,                      -- ranges that wait for an answer
    proposed_at BIGINT,
    proposed_by TEXT,
    answered_at BIGINT,
    answered_by TEXT,
    rejection TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (collectivite, name)
);
CREATE INDEX networks_proposed ON networks (proposed_at) WHERE proposed IS NOT NULL;
