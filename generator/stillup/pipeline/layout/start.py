"""Laying out a new page in a folder that holds none."""

from pathlib import Path

from stillup.errors import StillupError
from stillup.pipeline.layout.plan import Wishes, planned

_OURS = ("mkdocs.yml", "mkdocs.yaml", "components", "incidents")


def start(folder: Path, wishes: Wishes, *, dry: bool = False) -> list[str]:
    """Write the files of a new page into `folder`, leave what is there alone, and return what was written.

    Raises:
        StillupError: there is a page already; nothing was written.
    """
    taken = [name for name in _OURS if (folder / name).exists()]
    if taken:
        raise StillupError(f"{folder}: There is a page already ({', '.join(taken)}). Nothing was written.")
    fresh = {path: text for path, text in planned(wishes).items() if not (folder / path).exists()}
    if not dry:
        for path, text in fresh.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return sorted(fresh)
