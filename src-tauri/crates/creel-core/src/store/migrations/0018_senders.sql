-- Which secret a delivery was proved with.
ALTER TABLE deliveries ADD COLUMN key_id TEXT;

-- Which senders use which secret of a trigger: counted by `tally`, so that nobody scans deliveries.
CREATE TABLE senders (
  trigger_id TEXT    NOT NULL,
  key_id     TEXT    NOT NULL,
  address    TEXT    NOT NULL,
  agent      TEXT    NOT NULL,
  n          INTEGER NOT NULL,
  last_at    INTEGER NOT NULL,
  last_seq   INTEGER NOT NULL,
  PRIMARY KEY (trigger_id, key_id, address, agent)
) WITHOUT ROWID;
