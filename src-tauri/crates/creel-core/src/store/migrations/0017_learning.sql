-- Triggers that wait for the request that brings their key, and what came of it. The deadline is a time of day: it outlives
-- a restart.
CREATE TABLE learning (
  trigger_id  TEXT    PRIMARY KEY,
  began_at    INTEGER NOT NULL,
  until       INTEGER NOT NULL,
  learnt_at   INTEGER,
  learnt_from TEXT,
  delivery_id TEXT,
  shown       INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
