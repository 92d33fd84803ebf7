"""Words in, exit status out: 0 good, 1 problems and nothing was sent, 2 usage, 3 something was not accepted."""

from stillup.cli.main import main

__all__ = ["main"]
