-- What instances that count together have spent and hold, under names that say nothing without the store's key. `until_us` is
-- when a count counts nothing any more; `state` is read by the limiter alone, and replaced as long as it is what was read.
CREATE TABLE shared_counts (
    name        BYTEA PRIMARY KEY,
    until_us    BIGINT NOT NULL,
    state       BYTEA NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX shared_counts_ended ON shared_counts (until_us);
