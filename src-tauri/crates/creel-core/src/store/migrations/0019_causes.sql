-- What the signature doctor found when a refused delivery came, in one sentence; NULL: nothing, or nobody looked.
ALTER TABLE deliveries ADD COLUMN cause TEXT;
