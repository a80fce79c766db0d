-- Hooks at GitHub: what each is to be, written before anything is asked of GitHub, and what it was when GitHub last said so.
-- Where the two differ there is work, also at the next start.
CREATE TABLE github_hooks (
  trigger_id TEXT    PRIMARY KEY,
  api        TEXT    NOT NULL,
  place      TEXT    NOT NULL,
  path       TEXT    NOT NULL,
  events     TEXT    NOT NULL,
  wanted     TEXT    NOT NULL,
  known      TEXT,
  -- The hook was switched off or removed because Creel ended, so the next start brings it back.
  rests      INTEGER NOT NULL DEFAULT 0,
  trouble    TEXT,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Who is signed in where. The token is in `secrets`, sealed as all are.
CREATE TABLE github_accounts (
  api     TEXT PRIMARY KEY,
  account TEXT NOT NULL
) WITHOUT ROWID;
