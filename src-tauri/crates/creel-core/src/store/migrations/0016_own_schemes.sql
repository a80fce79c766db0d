-- Schemes that the user made (authenticate/own): the record's YAML as it was written.
CREATE TABLE own_schemes (
  key        TEXT PRIMARY KEY,
  record     TEXT    NOT NULL,
  changed_at INTEGER NOT NULL
) WITHOUT ROWID;
