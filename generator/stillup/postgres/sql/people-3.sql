-- ANALYZE keeps samples of a column in the database's own catalogue, where deleting a row reaches none of them: so none
-- of an address is taken. Giving a column the type that it has drops those of before.
ALTER TABLE subscription
  ALTER COLUMN address SET STATISTICS 0,
  ALTER COLUMN key SET STATISTICS 0,
  ALTER COLUMN secret SET STATISTICS 0;
ALTER TABLE subscription
  ALTER COLUMN address TYPE text,
  ALTER COLUMN key TYPE text COLLATE "C",
  ALTER COLUMN secret TYPE text;
