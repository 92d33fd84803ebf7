"""Files of other tools: YAML, TOML and JSON whose shape nobody promised, every value of YAML as text."""

import tomllib
from pathlib import Path
from stat import S_ISREG
from typing import Any

import yaml

from stillup.errors import StillupError
from stillup.intake.speech import understood

_MOST = 16 * 1024 * 1024


def text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        StillupError: it cannot be read as text, or is a link.
    """
    try:
        found = path.lstat()
        if not S_ISREG(found.st_mode):  # a link may lead to a file of ours, which would be published
            raise StillupError(f"{path}: This is not a plain file. Put the file itself there.")
        if found.st_size > _MOST:
            raise StillupError(f"{path}: The file has more than {_MOST // 1024 // 1024} MB.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StillupError(f"{path}: The file is not UTF-8.") from None
    except OSError as error:
        raise StillupError(f"{path}: {error.strerror}.") from None


def yaml_mapping(written: str, path: Path) -> dict[str, Any]:
    """Return a mapping whose values are texts, lists and mappings.

    Raises:
        StillupError: it is no YAML mapping.
    """
    if "&" in written and "*" in written and any(line.count("*") > 8 for line in written.splitlines()):
        raise StillupError(f"{path}: The file repeats values by aliases, which is not read.")
    try:
        found = yaml.load(written, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise StillupError(f"{path}: This is not YAML: {' '.join(str(error).split())}.") from None
    if found is None or found == "":
        return {}
    if not isinstance(found, dict):
        raise StillupError(f"{path}: Keys and values were expected.")
    return found


def toml_mapping(written: str, path: Path) -> dict[str, Any]:
    """Return a mapping out of TOML.

    Raises:
        StillupError: it is no TOML.
    """
    try:
        return tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise StillupError(f"{path}: This is not TOML: {error}.") from None


def json_value(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        StillupError: it is no JSON.
    """
    try:
        return understood(text(path))
    except (ValueError, RecursionError) as error:
        raise StillupError(f"{path}: This is not JSON: {error}.") from None


def mapping(value: object) -> dict[str, Any]:
    """Return `value` where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[Any]:
    """Return `value` where it is a list; a single value as a list of one."""
    if isinstance(value, list):
        return value
    return [] if value in (None, "", {}) else [value]
