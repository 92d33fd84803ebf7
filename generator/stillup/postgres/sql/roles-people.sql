-- Subscribers. A publisher reads them, and may do no more than note that nothing goes to an address.
GRANT SELECT ON {schema}.people, {schema}.subscription, {schema}.suppression TO {schema}_publisher, {schema}_serve;
GRANT INSERT, UPDATE, DELETE ON {schema}.subscription, {schema}.suppression TO {schema}_serve;
GRANT INSERT, UPDATE ON {schema}.suppression TO {schema}_publisher;
GRANT UPDATE (suppressed) ON {schema}.subscription TO {schema}_publisher;
