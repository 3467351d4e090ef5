-- Since when a person has been asked whether mail still reaches them; none once they have said so.
ALTER TABLE accounts ADD COLUMN confirmation_asked_at BIGINT;
-- Links may be for that, too. SQLite changes no CHECK: the table is made anew.
ALTER TABLE links RENAME TO links_before;
CREATE TABLE links (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('activation', 'reset', 'address')),
    letter TEXT NOT NULL REFERENCES outbox (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    opened_at BIGINT,
    used_at BIGINT,
    revoked_at BIGINT
);
INSERT INTO links (id, token_hash, account, purpose, letter, created_at, expires_at, opened_at, used_at, revoked_at)
    SELECT id, token_hash, account, purpose, letter, created_at, expires_at, opened_at, used_at, revoked_at FROM links_before;
DROP TABLE links_before;
CREATE INDEX links_by_account ON links (account, purpose, created_at);
CREATE INDEX links_by_end ON links (purpose, expires_at);
