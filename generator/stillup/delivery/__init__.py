"""SENT: what is owed, what was promised to a provider before the call, and what came back."""
