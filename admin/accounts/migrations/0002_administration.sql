-- What a collectivité manages of its people: profiles, dates, and how they were written to.
CREATE TABLE profiles (
    id TEXT PRIMARY KEY,                -- COLLECTIVITE/…
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    name TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,  -- of its name and rights; a writer names the one it has seen
    UNIQUE (collectivite, name)
);
CREATE TABLE profile_rights (
    profile TEXT NOT NULL REFERENCES profiles (id),
    service TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('lecture', 'ecriture')),
    PRIMARY KEY (profile, service)
);
ALTER TABLE memberships ADD COLUMN profile TEXT REFERENCES profiles (id);
-- Family name, given name and address without accents: what lists are ordered and searched by.
ALTER TABLE memberships ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
-- `suspended_at` and these may lie ahead: then they are planned.
ALTER TABLE memberships ADD COLUMN left_at BIGINT;
ALTER TABLE memberships ADD COLUMN deleted_at BIGINT;
ALTER TABLE memberships ADD COLUMN last_login_at BIGINT;
ALTER TABLE memberships ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE memberships SET sort_key =
    (SELECT lower(a.family_name || ' ' || a.given_name || ' ' || a.login) FROM accounts a WHERE a.id = memberships.account);
CREATE INDEX memberships_in_order ON memberships (collectivite, sort_key, id);
CREATE INDEX memberships_by_profile ON memberships (profile);
CREATE INDEX memberships_deleted ON memberships (deleted_at);
-- The collectivité's own record of the person: an account's names are the person's, and another
-- collectivité's business.
ALTER TABLE memberships ADD COLUMN given_name TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN family_name TEXT NOT NULL DEFAULT '';
-- Somebody who has an account already is attached by their own consent.
ALTER TABLE memberships ADD COLUMN accepted_at BIGINT;
-- When they were last asked; none once the invitation is withdrawn.
ALTER TABLE memberships ADD COLUMN invited_at BIGINT;
UPDATE memberships SET accepted_at = created_at,
    given_name = (SELECT a.given_name FROM accounts a WHERE a.id = memberships.account),
    family_name = (SELECT a.family_name FROM accounts a WHERE a.id = memberships.account);
-- When the person last showed that mail reaches them.
ALTER TABLE accounts ADD COLUMN confirmed_at BIGINT;
CREATE INDEX journal_by_collectivite ON journal (collectivite, seq);

-- Mail to be sent, written in the same transaction as what it tells.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    sealed TEXT NOT NULL,               -- address and letter; emptied once it has left
    created_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT,                 -- none once it has left or was given up
    sent_at BIGINT,
    refused_at BIGINT,
    refusal TEXT                        -- what the mail server said
);
CREATE INDEX outbox_due ON outbox (next_try_at);
CREATE INDEX outbox_by_account ON outbox (account);
-- Links that a letter carries: single use, and only by a button.
CREATE TABLE links (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('activation', 'reset')),
    letter TEXT NOT NULL REFERENCES outbox (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    opened_at BIGINT,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX links_by_account ON links (account, purpose, created_at);
-- What somebody asks their référents for; open until decided.
CREATE TABLE access_requests (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES memberships (id),
    service TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('lecture', 'ecriture')),
    message TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decision TEXT CHECK (decision IN ('granted', 'declined')),
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX access_requests_by_membership ON access_requests (membership, decided_at);
-- Files read and shown before anything of them is written; forgotten after a day.
CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    account TEXT NOT NULL REFERENCES accounts (id),
    file_name TEXT NOT NULL,
    sealed TEXT NOT NULL,               -- the rows as they were read
    created_at BIGINT NOT NULL,
    applied_at BIGINT,
    report TEXT
);
