-- Triggers that answer a documented fault in place of their work (answer_as.rs). `left` is NULL: until it is switched off.
CREATE TABLE answer_as (
  trigger_id TEXT PRIMARY KEY REFERENCES triggers (id) ON DELETE CASCADE,
  asked      TEXT    NOT NULL,
  since      INTEGER NOT NULL,
  left       INTEGER
) WITHOUT ROWID;
