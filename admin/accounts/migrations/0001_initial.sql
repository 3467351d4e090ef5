-- TEXT and BIGINT only: the same text serves SQLite and PostgreSQL. Times are Unix seconds.

CREATE TABLE collectivites (
    id TEXT PRIMARY KEY,                -- SIREN, or a slug on a demonstration
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('collectivite', 'etablissement', 'cdg', 'cig')),
    cdg TEXT REFERENCES collectivites (id),
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE TABLE collectivite_services (
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    service TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (collectivite, service)
);
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,         -- mail address, lower-case
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    password_hash TEXT,                 -- PHC string; none before the invitation is answered
    created_at BIGINT NOT NULL,
    suspended_at BIGINT
);
CREATE TABLE memberships (
    id TEXT PRIMARY KEY,                -- COLLECTIVITE/…
    account TEXT NOT NULL REFERENCES accounts (id),
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    role TEXT NOT NULL CHECK (role IN ('agent', 'referent', 'correspondant', 'partenaire')),
    created_at BIGINT NOT NULL,
    suspended_at BIGINT,
    UNIQUE (account, collectivite)
);
CREATE INDEX memberships_by_collectivite ON memberships (collectivite, role);
CREATE TABLE groups (
    id TEXT PRIMARY KEY,                -- COLLECTIVITE/…
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    name TEXT NOT NULL
);
CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES groups (id),
    membership TEXT NOT NULL REFERENCES memberships (id),
    PRIMARY KEY (group_id, membership)
);
CREATE INDEX group_members_by_membership ON group_members (membership);
CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES memberships (id),
    service TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('lecture', 'ecriture')),
    starts_at BIGINT,
    ends_at BIGINT,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX grants_by_membership ON grants (membership);
-- Every version of a rule is kept; the last one counts, unless withdrawn.
CREATE TABLE rules (
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (collectivite, id, version)
);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,                -- public reference, gives no access
    token_hash TEXT NOT NULL UNIQUE,
    root TEXT NOT NULL,                 -- the portal session; its own id for that one
    host TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    membership TEXT NOT NULL REFERENCES memberships (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_by_root ON sessions (root);
CREATE INDEX sessions_by_account ON sessions (account);
CREATE TABLE handshakes (
    code_hash TEXT PRIMARY KEY,
    root TEXT NOT NULL REFERENCES sessions (id),
    host TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    path TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE TABLE login_tries (
    id TEXT PRIMARY KEY,
    login_hash TEXT NOT NULL,
    network TEXT NOT NULL,
    at BIGINT NOT NULL,
    success BIGINT NOT NULL
);
CREATE INDEX login_tries_by_login ON login_tries (login_hash, at);
CREATE INDEX login_tries_by_network ON login_tries (network, at);
-- Of a membership, not of an account: what somebody types for one collectivité opens nothing for
-- another.
CREATE TABLE credentials (
    membership TEXT NOT NULL REFERENCES memberships (id),
    service TEXT NOT NULL,
    sealed TEXT NOT NULL,
    sealed_at BIGINT NOT NULL,
    failures BIGINT NOT NULL DEFAULT 0,
    refused_at BIGINT,
    PRIMARY KEY (membership, service)
);
CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
-- Counters are rows so that writers take turns: the first statement of every transaction bumps
-- one, and no change is ever seen out of order.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('changes', 0);
CREATE TABLE changes (
    seq BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE journal (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    collectivite TEXT NOT NULL,
    outcome TEXT NOT NULL,
    rules TEXT NOT NULL,
    detail TEXT NOT NULL,
    mac TEXT NOT NULL
);
CREATE TABLE journal_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    mac TEXT NOT NULL,                  -- of the last entry
    seal TEXT NOT NULL                  -- of this row: who has no key can neither wipe nor shorten
);
INSERT INTO journal_head (id, seq, mac, seal) VALUES (1, 0, '', '');
-- Opens with the master key of this installation and with no other.
CREATE TABLE key_check (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sealed TEXT NOT NULL
);
