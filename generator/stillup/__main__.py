"""`python -m stillup` is the command `stillup`."""

from stillup.cli import main

main()
