-- What people agreed to, and how their subscription came here.
ALTER TABLE subscription ADD COLUMN consent text NOT NULL DEFAULT '', ADD COLUMN origin text NOT NULL DEFAULT '';
