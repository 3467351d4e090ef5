-- When the CIG closed a collectivité; empty when its CDG did, who may then open it again.
ALTER TABLE collectivites ADD COLUMN closed_by_cig BIGINT;
-- Who closed those that are closed is not known: only the CIG opens them.
UPDATE collectivites SET closed_by_cig = closed_at WHERE closed_at IS NOT NULL;
