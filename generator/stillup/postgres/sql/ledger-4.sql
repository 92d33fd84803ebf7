-- No samples of what retention and redaction take out, as of addresses in the other part: the catalogue would keep them.
ALTER TABLE entry ALTER COLUMN text SET STATISTICS 0;
ALTER TABLE entry ALTER COLUMN text TYPE text;
ALTER TABLE told ALTER COLUMN recipient SET STATISTICS 0;
ALTER TABLE told ALTER COLUMN recipient TYPE bytea;
ALTER TABLE public_text ALTER COLUMN content SET STATISTICS 0, ALTER COLUMN salt SET STATISTICS 0;
ALTER TABLE public_text ALTER COLUMN content TYPE text, ALTER COLUMN salt TYPE text;
