-- What limits have counted, under names that say nothing without the store's key. `until_us` is when a count counts nothing
-- any more; `state` is read by the limiter alone.
CREATE TABLE limit_counts (
    name        BYTEA PRIMARY KEY,
    until_us    BIGINT NOT NULL,
    state       BYTEA NOT NULL
);
CREATE INDEX limit_counts_ended ON limit_counts (until_us);
