"""Everything besides its own files that a record's page depends on, as one digest."""

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import jinja2

from stillup.pipeline.tree import files
from stillup.records.settings import Settings
from stillup.records.store import Components

_LIBRARIES = ("mkdocs-", "mkdocs_material-", "jinja2-", "cmarkgfm-", "nh3-")
_CONFIGURATIONS = ("mkdocs.yml", "mkdocs.yaml")


def basis(root: Path, settings: Settings, components: Components) -> str:
    """Return the digest of the tool, the libraries that shape pages, the settings, the overrides and the components.

    A component's states are left out, but for the first where nothing else says since when it is there: they change its
    rows and its own page, which are made anew in each run.
    """
    package = Path(__file__).parent.parent
    seal = blake2b(digest_size=16)
    seal.update(" ".join(_versions()).encode())
    seal.update(of_files(package, (path for path in files(package) if "__pycache__" not in path)).encode())
    seal.update(of_files(root, (name for name in _CONFIGURATIONS if (root / name).is_file())).encode())
    seal.update(of_files(root / "site_overrides", files(root / "site_overrides")).encode())
    seal.update(repr(settings).encode())
    for c in components.components:
        seal.update(
            repr(
                (
                    c.id,
                    c.name,
                    c.group,
                    c.since,
                    c.until,
                    c.show,
                    c.uptime,
                    c.translations,
                    c.code,
                    c.source,
                    c.position,
                    c.description,
                    c.states[0].at if c.states and c.since is None else None,
                )
            ).encode()
        )
    for group in components.groups:
        seal.update(repr((group.id, group.name, group.translations, group.code, group.source)).encode())
    return seal.hexdigest()


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
