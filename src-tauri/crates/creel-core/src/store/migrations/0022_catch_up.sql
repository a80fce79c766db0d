-- A delivery whose payload was fetched from the sender's own record: nobody sent it here.
ALTER TABLE deliveries ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;

-- Until when everything that GitHub says it sent by a hook is known to be here, by GitHub's clock; NULL: nobody looked yet.
ALTER TABLE github_hooks ADD COLUMN whole_until INTEGER;
-- What was missed is brought in without asking.
ALTER TABLE github_hooks ADD COLUMN always INTEGER NOT NULL DEFAULT 0;
-- Without a public address GitHub is asked every so many seconds; NULL: it is not.
ALTER TABLE github_hooks ADD COLUMN asks_every INTEGER;
