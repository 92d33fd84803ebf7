"""The example with its private records, in a folder where a report may be written."""

import shutil
from pathlib import Path

from tests.tools import ROOT


def lay_out(folder: Path, *folders: str) -> Path:
    """Copy the example into `folder`: its records, and what else is named."""
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for name in ("components", "incidents", *folders):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests" / "example_private", folder / "private")
    return folder
