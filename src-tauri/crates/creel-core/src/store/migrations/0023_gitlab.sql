-- Hooks at GitLab, as those at GitHub: what each is to be, written before anything is asked, and what it was when GitLab last
-- said so.
CREATE TABLE gitlab_hooks (
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
  created_at INTEGER NOT NULL,
  -- As GitHub's: what was missed is not looked for here yet, so they stay as they are.
  whole_until INTEGER,
  always      INTEGER NOT NULL DEFAULT 0,
  asks_every  INTEGER
) WITHOUT ROWID;

-- Who is signed in where. The token is in `secrets`, sealed as all are.
CREATE TABLE gitlab_accounts (
  api     TEXT PRIMARY KEY,
  account TEXT NOT NULL
) WITHOUT ROWID;
