"""Put the JSON Schemas of records and settings where an editor finds them."""

from collections.abc import Iterable
from pathlib import Path

from stillup.pipeline.tree.stage import Stage
from stillup.pipeline.tree.tree import Tree
from stillup.records.schema import file_name, text


def write_schemas(folder: Path, kinds: Iterable[str]) -> int:
    """Write the schema of each of `kinds` into `folder`, and return how many files changed."""
    stage = Stage()
    tree = Tree(folder, stage)
    for kind in kinds:
        tree.put(file_name(kind), text(kind).encode())
    stage.switch()
    return tree.written
