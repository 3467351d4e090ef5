-- What the CIG and the CDG know of a collectivité, and how its référents came to be designated.
ALTER TABLE collectivites ADD COLUMN siret TEXT;
ALTER TABLE collectivites ADD COLUMN insee TEXT;
-- Name, SIRET and code INSEE without accents: what lists are ordered and searched by.
ALTER TABLE collectivites ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE collectivites ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE collectivites SET sort_key = lower(name);
CREATE UNIQUE INDEX collectivites_by_siret ON collectivites (siret);
CREATE INDEX collectivites_in_order ON collectivites (sort_key, id);
CREATE INDEX collectivites_by_cdg ON collectivites (cdg);
-- How many people may have a right on the service; no limit when none.
ALTER TABLE collectivite_services ADD COLUMN seats BIGINT;
-- A référent's mandate may begin or end by itself; outside of it they are an agent.
ALTER TABLE memberships ADD COLUMN referent_from BIGINT;
ALTER TABLE memberships ADD COLUMN referent_until BIGINT;

-- A case: written down, received signed, checked by a second person or rejected, ended.
CREATE TABLE designations (
    id TEXT PRIMARY KEY,
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    login TEXT NOT NULL,
    authority_name TEXT NOT NULL,
    authority_title TEXT NOT NULL,
    starts_at BIGINT,
    ends_at BIGINT,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    received_at BIGINT,
    received_by TEXT,
    receptions BIGINT NOT NULL DEFAULT 0,   -- a checker names the document that was seen
    checked_at BIGINT,
    checked_by TEXT,
    rejected_at BIGINT,
    rejection TEXT NOT NULL DEFAULT '',
    renew_by BIGINT,
    ended_at BIGINT,
    membership TEXT                     -- once checked; names nobody when that one is erased
);
CREATE INDEX designations_by_collectivite ON designations (collectivite, recorded_at);
CREATE INDEX designations_by_membership ON designations (membership);
-- The signed document, sealed: it bears a signature and names.
CREATE TABLE designation_documents (
    designation TEXT PRIMARY KEY REFERENCES designations (id),
    file_name TEXT NOT NULL,
    sealed TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
