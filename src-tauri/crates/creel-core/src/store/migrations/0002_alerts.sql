-- Alerts: one row a trouble. `group_digest` is what its reports have in common; the newest row of a group is the one asked for.
-- AUTOINCREMENT: `seq` is the cursor of lists and is never given twice.
CREATE TABLE alerts (
  seq              INTEGER PRIMARY KEY AUTOINCREMENT,
  id               TEXT    NOT NULL UNIQUE,
  group_digest     BLOB    NOT NULL,
  webhook          TEXT    NOT NULL,
  severity         TEXT    NOT NULL,
  status           TEXT    NOT NULL,
  occurrence_count INTEGER NOT NULL,
  first_at         INTEGER NOT NULL,
  last_at          INTEGER NOT NULL,
  resolved_at      INTEGER,
  title            TEXT    NOT NULL,
  description      TEXT    NOT NULL,
  group_key        TEXT
);
CREATE INDEX alerts_by_group ON alerts (group_digest, seq);
CREATE INDEX alerts_by_status ON alerts (status, seq);

-- One row a report, in the order of its alert: one place in one tree, so that a report costs the same at any number.
CREATE TABLE occurrences (
  alert_seq   INTEGER NOT NULL REFERENCES alerts (seq) ON DELETE CASCADE,
  number      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  severity    TEXT    NOT NULL,
  delivery_id TEXT    NOT NULL,
  PRIMARY KEY (alert_seq, number)
) WITHOUT ROWID;

-- What the monthly quota counts.
CREATE TABLE alert_months (
  month TEXT PRIMARY KEY,
  n     INTEGER NOT NULL
) WITHOUT ROWID;
