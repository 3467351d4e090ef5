-- What programs need that work through the API for somebody.
-- A key is a session of another kind: it has a name and an end of its own, and no cookie carries it.
ALTER TABLE sessions ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN expires_at BIGINT;      -- of a key alone
-- What was done at a program's request, in the transaction that did it: asked again, it is not done
-- again. The answer is added once it has been made.
CREATE TABLE idempotency_keys (
    membership TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL,              -- of the request: another one must not have the same key
    sealed TEXT,                            -- the answer, which may name people
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (membership, key_hash)
);
