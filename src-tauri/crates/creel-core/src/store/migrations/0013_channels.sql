-- Where messages go. The address or token of a channel is in `secrets`, sealed as all are.
CREATE TABLE channels (
  id         TEXT    PRIMARY KEY,
  name       TEXT    NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL,
  definition TEXT    NOT NULL,
  -- The code that was sent there last: its hash, until when it counts, how often a wrong one was typed.
  code_hash  BLOB,
  code_until INTEGER,
  code_tries INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- One row a message and channel: it waits, or it was sent. What was sent tells how full the last minute is, and keeps a
-- message that is tried again from a channel that has it.
CREATE TABLE notices (
  message TEXT    NOT NULL,
  channel TEXT    NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  at      INTEGER NOT NULL,
  text    TEXT    NOT NULL,
  sent_at INTEGER,
  PRIMARY KEY (message, channel)
) WITHOUT ROWID;
CREATE INDEX notices_sent ON notices (channel, sent_at);
