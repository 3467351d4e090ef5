-- What people and collectivités were at any past moment. A version is kept whenever they change, from
-- then on until the next one, in the transaction that changes them; `state` is JSON and names nobody.
-- Of what was there before this, the first version says since when it is known.
CREATE TABLE member_versions (
    membership TEXT NOT NULL REFERENCES memberships (id),
    from_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (membership, from_at)
);
CREATE TABLE collectivite_versions (
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    from_at BIGINT NOT NULL,
    active BIGINT NOT NULL,
    services TEXT NOT NULL,             -- ids, apart by spaces
    PRIMARY KEY (collectivite, from_at)
);
