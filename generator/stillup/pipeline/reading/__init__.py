"""What changed among the records, read and told: one story for each, with its page in the spool."""
