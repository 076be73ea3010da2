-- One row: the number of the governance that is in force, and of the proposal that it came from.
CREATE TABLE governance_epoch (
    epoch       INTEGER NOT NULL,
    proposal    INTEGER NOT NULL
);
INSERT INTO governance_epoch VALUES (0, 0);

-- One row: who saves now, and what they propose.
CREATE TABLE governance_save (
    proposal    INTEGER NOT NULL,
    saver       TEXT,
    governance  TEXT
);
INSERT INTO governance_save VALUES (0, NULL, NULL);

-- The instances that hold a lease, or held one when somebody last looked. `beat` grows with each renewal; `epoch` is what
-- an instance judges by, `prepared` the last proposal that it answered, with the reason where it refused.
CREATE TABLE instances (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    term_us     INTEGER NOT NULL,
    beat        INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    prepared    INTEGER NOT NULL,
    refusal     TEXT
);
