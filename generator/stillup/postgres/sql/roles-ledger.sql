-- The ledger. Nobody but its owner can change a line, and a trigger stops the owner too.
GRANT SELECT ON {schema}.chain, {schema}.entry, {schema}.event, {schema}.intent, {schema}.told
  TO {schema}_publisher, {schema}_reader;
GRANT INSERT ON {schema}.entry TO {schema}_publisher;
GRANT UPDATE ON {schema}.chain TO {schema}_publisher;
GRANT INSERT, UPDATE ON {schema}.event, {schema}.intent, {schema}.told TO {schema}_publisher;
