"""Records written by a command: new files as a person would write them, and old ones changed where they must be."""
