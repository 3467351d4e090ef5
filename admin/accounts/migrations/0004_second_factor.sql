-- Second factors: what proves a person beside the password. A copy of these tables opens nothing
-- without the master key.
ALTER TABLE sessions ADD COLUMN second_factor_at BIGINT;    -- of a portal session
CREATE TABLE factors (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('totp', 'passkey')),
    name TEXT NOT NULL,
    sealed TEXT NOT NULL,               -- the shared secret, or the public key and its counter
    credential TEXT UNIQUE,             -- a passkey's own id: nobody else may bring it
    last_step BIGINT,                   -- the newest time step whose code was used
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX factors_by_account ON factors (account, created_at);
-- A factor that is being added, by the session that gave the password for it.
CREATE TABLE factor_drafts (
    session TEXT NOT NULL REFERENCES sessions (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (session, kind)
);
CREATE TABLE recovery_codes (
    account TEXT NOT NULL REFERENCES accounts (id),
    code_mac TEXT NOT NULL,             -- keyed: a copy of the database is no help in guessing
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, code_mac)
);
-- The password was right, the factor is still to come. It opens nothing.
CREATE TABLE pending_logins (
    token_hash TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    host TEXT NOT NULL,
    sealed TEXT,                        -- what a passkey is asked to sign
    tries BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT NOT NULL
);
-- Lost factors: one asks, another one confirms.
CREATE TABLE factor_resets (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    membership TEXT NOT NULL,           -- through which the request was made
    requested_by TEXT NOT NULL,         -- memberships, both of them
    requested_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    confirmed_by TEXT,
    confirmed_at BIGINT
);
CREATE INDEX factor_resets_by_account ON factor_resets (account, requested_at);
