-- Octipus: how often a hook ran and when last, for its cooldown and its maxExecutions.
CREATE TABLE hook_runs (
  hook    TEXT    PRIMARY KEY,
  runs    INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Octipus: the delivery ids that a hook has taken; a hook that did not run gives its claim back.
CREATE TABLE hook_claims (
  hook        TEXT    NOT NULL,
  delivery_id TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (hook, delivery_id)
) WITHOUT ROWID;
CREATE INDEX hook_claims_by_age ON hook_claims (at);
