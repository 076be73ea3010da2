-- Whether decisions on an agent's calls take effect (`enforce`, `observe`); nothing where it is as for its tenant. `changes` counts
-- what was changed of an agent in place, so that whoever follows the store notices.
ALTER TABLE agents ADD COLUMN mode TEXT;
ALTER TABLE agents ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
