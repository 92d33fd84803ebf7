-- The ledger. Nobody but its owner can change a line, and a trigger stops the owner too.
GRANT SELECT ON {schema}.chain, {schema}.entry, {schema}.event, {schema}.intent, {schema}.told
  TO {schema}_publisher, {schema}_reader;
GRANT INSERT ON {schema}.entry TO {schema}_publisher;
GRANT UPDATE ON {schema}.chain TO {schema}_publisher;
GRANT INSERT, UPDATE ON {schema}.event, {schema}.intent, {schema}.told TO {schema}_publisher;
-- The event log: whoever publishes adds to it, and takes out texts that were redacted.
GRANT SELECT ON {schema}.public_chain, {schema}.public_entry, {schema}.public_text, {schema}.public_known
  TO {schema}_publisher, {schema}_reader;
GRANT INSERT ON {schema}.public_entry, {schema}.public_text, {schema}.public_known TO {schema}_publisher;
GRANT UPDATE ON {schema}.public_chain TO {schema}_publisher;
GRANT DELETE ON {schema}.public_text TO {schema}_publisher;
GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.pace, {schema}.share TO {schema}_publisher;
-- The queue that wakes workers is procrastinate's. It holds numbers alone.
GRANT SELECT, INSERT, UPDATE, DELETE
  ON {schema}.procrastinate_jobs, {schema}.procrastinate_events, {schema}.procrastinate_workers,
     {schema}.procrastinate_periodic_defers TO {schema}_publisher;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {schema}_publisher;
