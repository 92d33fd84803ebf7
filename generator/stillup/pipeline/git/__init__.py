"""What git says of the folder around the records: what stood in them at an earlier commit, and what changed since."""
