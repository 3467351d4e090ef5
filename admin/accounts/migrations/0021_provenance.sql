-- From where and with how much proof somebody asked, as far as rules speak of it: a change of rules can
-- then be tried on what was decided. Names of the collectivité's networks, no address.
ALTER TABLE journal ADD COLUMN provenance TEXT NOT NULL DEFAULT '';
