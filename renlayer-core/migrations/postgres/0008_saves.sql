-- Saves are told apart by ids instead of numbers: a database that fails over to a copy which is behind gives the numbers of the saves
-- that it has lost again to others. Whatever is under way while this is done begins anew.
ALTER TABLE governance_epoch DROP COLUMN proposal;
ALTER TABLE governance_epoch ADD COLUMN save TEXT;

-- One row: who saves now, how often they have shown that they are there, and what they propose.
DROP TABLE governance_save;
CREATE TABLE governance_save (
    save        TEXT,
    beat        BIGINT NOT NULL,
    governance  TEXT
);
INSERT INTO governance_save VALUES (NULL, 0, NULL);

-- As before, but for `answered`: the last save that an instance answered.
DROP TABLE instances;
CREATE TABLE instances (
    id          TEXT COLLATE "C" PRIMARY KEY,
    name        TEXT NOT NULL,
    term_us     BIGINT NOT NULL,
    beat        BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,
    answered    TEXT,
    refusal     TEXT
);
