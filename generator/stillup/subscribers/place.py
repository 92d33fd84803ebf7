"""Where subscribers are kept, as the settings say, and what is wrong with a list that people write."""

from pathlib import Path

from stillup.errors import Problem
from stillup.records.inventory import Components
from stillup.records.settings import Settings

NAMES = ("subscribers.yml", "subscribers.csv", "subscribers.sqlite")
"""Where they are looked for in the private folder when no setting says it."""


def place(root: Path, settings: Settings) -> str:
    """Return where subscribers are kept; the first file that is there, else the first that could be."""
    if settings.subscribers:
        return settings.subscribers
    places = [f"{settings.private}/{name}" for name in NAMES]
    found = next((each for each in places if (root / each).is_file()), places[0])
    return f"sqlite:{found}" if found.endswith(".sqlite") else found


def listed_problems(root: Path, settings: Settings, components: Components) -> tuple[Problem, ...]:
    """Return what is wrong with a list of subscribers that people write; a database has no lines to name."""
    written = place(root, settings)
    path = root / written
    if ":" in written or not path.is_file():
        return ()
    from stillup.subscribers.change import followable, judged  # most pages have no such list

    return judged(path.read_bytes(), written, followable(components), settings.intranet)[1]
