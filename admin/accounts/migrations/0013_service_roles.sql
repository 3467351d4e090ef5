-- A right is to consult, to modify, or a role that the service declares: which ones there are is the
-- configuration's business. A constraint can only be dropped with its table.
CREATE TABLE grants_with_roles (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES memberships (id),
    service TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level NOT IN ('', 'aucun', 'none')),
    starts_at BIGINT,
    ends_at BIGINT,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT
);
INSERT INTO grants_with_roles (id, membership, service, level, starts_at, ends_at, granted_at, revoked_at)
    SELECT id, membership, service, level, starts_at, ends_at, granted_at, revoked_at FROM grants;
DROP TABLE grants;
ALTER TABLE grants_with_roles RENAME TO grants;
CREATE INDEX grants_by_membership ON grants (membership);

CREATE TABLE profile_rights_with_roles (
    profile TEXT NOT NULL REFERENCES profiles (id),
    service TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level NOT IN ('', 'aucun', 'none')),
    PRIMARY KEY (profile, service)
);
INSERT INTO profile_rights_with_roles (profile, service, level) SELECT profile, service, level FROM profile_rights;
DROP TABLE profile_rights;
ALTER TABLE profile_rights_with_roles RENAME TO profile_rights;

CREATE TABLE access_requests_with_roles (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES memberships (id),
    service TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level NOT IN ('', 'aucun', 'none')),
    message TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decision TEXT CHECK (decision IN ('granted', 'declined')),
    answer TEXT NOT NULL DEFAULT ''
);
INSERT INTO access_requests_with_roles
    (id, membership, service, level, message, created_at, decided_at, decision, answer)
    SELECT id, membership, service, level, message, created_at, decided_at, decision, answer FROM access_requests;
DROP TABLE access_requests;
ALTER TABLE access_requests_with_roles RENAME TO access_requests;
CREATE INDEX access_requests_by_membership ON access_requests (membership, decided_at);
CREATE INDEX access_requests_open ON access_requests (created_at, membership) WHERE decided_at IS NULL;
