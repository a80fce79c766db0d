-- When no sender could reach this Creel, and why: the other side of what GitHub says it sent.
CREATE TABLE absences (
  cause   TEXT    NOT NULL,
  from_at INTEGER NOT NULL,
  -- NULL: it still lasts.
  to_at   INTEGER,
  why     TEXT,
  PRIMARY KEY (cause, from_at)
) WITHOUT ROWID;
