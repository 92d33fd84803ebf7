"""Who wants which messages: kept in a file or a database, never among the public records."""
