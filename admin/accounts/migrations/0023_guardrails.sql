-- Guardrails that the CIG writes above collectivités. Every version is kept; the last one counts, unless
-- it was withdrawn. Which collectivité one is for alone, its text says.
CREATE TABLE guardrails (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by TEXT NOT NULL DEFAULT '',
    withdrawal_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (id, version)
);
