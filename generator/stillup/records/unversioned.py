"""What the repository of a page never holds, as git is told."""

GITIGNORE = """\
# Made by builds
/site/
/outbox/
/preview/
/.stillup/
# Never public
/private/
__pycache__/
/.venv/
"""
"""The `.gitignore` of a new page."""
