"""Everything besides its own files that a record's page depends on, as digests."""

import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

import jinja2

from stillup.pipeline.tree.tree import files
from stillup.records.component import Component, Group
from stillup.records.settings import Settings
from stillup.records.store import Components

_LIBRARIES = ("mkdocs-", "mkdocs_material-", "jinja2-", "cmarkgfm-", "nh3-")
_CONFIGURATIONS = ("mkdocs.yml", "mkdocs.yaml")


def basis(root: Path, settings: Settings, components: Components) -> dict[str, str]:
    """Return digests by the name of what they are of, as somebody who hears that it changed would call it.

    A component's states are left out, but for the first where nothing else says since when it is there: they change its
    rows and its own page, which are made anew in each run.
    """
    package = Path(__file__).parent.parent.parent
    written = of_files(root, (name for name in _CONFIGURATIONS if (root / name).is_file()))
    return {
        "Stillup itself": of_files(package, (path for path in files(package) if "__pycache__" not in path)),
        "a library": _digest(_versions()),
        "the settings": _digest([written, repr(settings)]),
        "site_overrides": of_files(root / "site_overrides", files(root / "site_overrides")),
        "the components": _digest([*map(_component, components.components), *map(_group, components.groups)]),
    }


def whole(parts: Mapping[str, str]) -> str:
    """Return one digest over all `parts`."""
    return _digest([f"{name} {part}" for name, part in sorted(parts.items())])


def _component(c: Component) -> str:
    begun = c.states[0].at if c.states and c.since is None else None
    shown = (c.id, c.name, c.group, c.since, c.until, c.show, c.uptime, c.translations, c.code, c.source, c.position)
    return repr((*shown, c.description, begun))


def _group(group: Group) -> str:
    return repr((group.id, group.name, group.translations, group.code, group.source))


def _digest(texts: Iterable[str]) -> str:
    return blake2b("\n".join(texts).encode(), digest_size=16).hexdigest()


def of_files(folder: Path, paths: Iterable[str]) -> str:
    """Return one digest over the names and bytes of `paths` below `folder`."""
    seal = blake2b(digest_size=16)
    for path in sorted(paths):
        with open(os.path.join(folder, path), "rb") as file:
            body = file.read()
        seal.update(f"{path}\n{len(body)}\n".encode())
        seal.update(body)
    return seal.hexdigest()


def _versions() -> list[str]:
    """Return name and version of the libraries that shape pages, from the names of their metadata folders.

    `importlib.metadata` would say the same and takes a hundredth of a second to import.
    """
    names = os.listdir(Path(jinja2.__file__).parent.parent)
    return sorted(name for name in names if name.endswith(".dist-info") and name.lower().startswith(_LIBRARIES))
