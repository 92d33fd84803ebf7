"""Changes to records that a command makes: drafted, tried with the reader that builds use, shown, written, pushed."""
