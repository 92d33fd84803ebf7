"""What is to be done by when: pure functions of records, settings and an instant. A clock is a duty with its limit."""
