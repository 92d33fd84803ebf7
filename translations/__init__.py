"""What translators edit, and what becomes of it: see README.md."""
