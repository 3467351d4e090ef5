-- Why a version was published; who withdrew a rule, and why.
ALTER TABLE rules ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE rules ADD COLUMN withdrawn_by TEXT NOT NULL DEFAULT '';
ALTER TABLE rules ADD COLUMN withdrawal_reason TEXT NOT NULL DEFAULT '';
-- What somebody prepares, one for each rule; it counts for nothing.
CREATE TABLE rule_drafts (
    collectivite TEXT NOT NULL REFERENCES collectivites (id),
    id TEXT NOT NULL,                   -- of the rule that it becomes
    based_on BIGINT NOT NULL,           -- the version that it began from; 0 for a rule that is new
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (collectivite, id)
);
