"""WORDS: views to messages, rendered to the last byte; nothing is sent here."""
