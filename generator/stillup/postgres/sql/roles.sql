-- Who may do what in the schema {schema}. Run it as the owner of the tables, or as an administrator; again after an
-- upgrade. Then give each login what it is for, as in: GRANT {schema}_publisher TO status;
--
--   owner              made the tables with `stillup database init`: upgrades, tidies, imports
--   {schema}_publisher `stillup deliver`: reads subscribers, writes the ledger, notes addresses that are no more
--   {schema}_serve     `stillup serve`: subscribers alone; of the ledger it sees nothing
--   {schema}_reader    `stillup ledger show` and `verify`: the ledger alone, without a right to write
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['{schema}_publisher', '{schema}_serve', '{schema}_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON SCHEMA {schema} FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {schema}_publisher, {schema}_serve, {schema}_reader;
GRANT USAGE ON SCHEMA {schema} TO {schema}_publisher, {schema}_serve, {schema}_reader;
GRANT SELECT ON {schema}.migration TO {schema}_publisher, {schema}_serve, {schema}_reader;
