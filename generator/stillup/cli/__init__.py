"""Words in, exit status out: 0 good, 1 problems and nothing was sent, 2 usage, 3 something was not accepted."""

import sys

if sys.platform == "win32":  # locks, folders that change places, and signals are those of POSIX
    sys.exit("Stillup needs Linux, or another POSIX system such as macOS. On Windows, install it inside WSL.")

from stillup.cli.main import main

__all__ = ["main"]
