"""API: views to JSON documents, in Statuspage's shape for its clients and in one of our own."""
