"""One file a channel: how its provider is called, and what its answer means."""
