"""The scripts that can be played: those of the plan, which come along, and those that people wrote."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from stillup.errors import StillupError
from stillup.pipeline.change import internal
from stillup.records.private import store
from stillup.records.refusal import nearest
from stillup.records.scenario import Scenario, taken
from stillup.records.settings import Settings

OWN = "drills/_scenarios"
"""Below the private folder."""

QUARTERS = ("notification-failure", "database-corruption", "security-breach", "multi-vendor-outage")
"""The plan's exercises, from the first quarter of a year to its last."""


def script(root: Path, settings: Settings, name: str) -> Scenario:
    """Return the script `name`: one of our own, else one that comes along; or the file that `name` is the path of.

    Raises:
        RecordError: it cannot be used.
        StillupError: there is none.
    """
    path = Path(name)
    if name.endswith((".yml", ".yaml")):
        if not path.is_file():
            raise StillupError(f"There is no file {name}. Write the path of a scenario, or the name of one.")
        return taken(path.read_bytes(), name)
    known = _known(root, settings)
    if name not in known:
        near = nearest(name, known)
        fix = f"Did you mean {near}?" if near else f"There are {', '.join(known)}."
        raise StillupError(f"There is no scenario {name}. {fix}")
    data, place = known[name]
    return taken(data, place)


def scripts(root: Path, settings: Settings) -> Iterator[tuple[str, Scenario]]:
    """Yield every script with its name.

    Raises:
        RecordError: one of them cannot be used.
    """
    for name, (data, place) in _known(root, settings).items():
        yield name, taken(data, place)


def _known(root: Path, settings: Settings) -> Mapping[str, tuple[bytes, str]]:
    """Return what stands in each script, by name, with the file that problems call it by."""
    shipped = {
        each.name.removesuffix(".yml"): (each.read_bytes(), f"stillup/{each.name}")
        for each in files("stillup.pipeline.drill").joinpath("scenarios").iterdir()
        if each.name.endswith(".yml")
    }
    first = {name: shipped.pop(name) for name in QUARTERS}
    folder = store.folder(root, settings) / OWN
    own = {
        path.stem: (path.read_bytes(), internal.path(settings, OWN, path.name)) for path in sorted(folder.glob("*.yml"))
    }
    return {**first, **dict(sorted(shipped.items())), **own}
