-- When the CIG closed a collectivité; empty when its CDG did, who may then open it again.
ALTER TABLE collectivites ADD COLUMN closed_by_cig BIGINT;
