"""The rooms and what they may know of each other: every contract holds, and every contract can fail."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.tools import BIN, ROOT, program

PACKAGE = ROOT / "generator" / "stillup"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["id"]: contract for contract in SETTINGS["tool"]["importlinter"]["contracts"]}
PUBLIC_OUTPUTS = ("site", "api", "feeds", "messages")
PURE = ("vocabulary", "internet", "timeline", "views", *PUBLIC_OUTPUTS, "reports")

FORBIDDEN = {
    "layers": ("timeline/planted.py", "import stillup.views"),
    "pipeline": ("pipeline/tree/planted.py", "import stillup.pipeline.sending"),
    "leak": ("feeds/planted.py", "from stillup.records import incident"),
    "briefing": ("messages/planted.py", "from stillup.views import briefing"),
    "channels": ("delivery/channels/planted_a.py", "from stillup.delivery.channels import planted_b"),
    "pure": ("views/planted.py", "import httpx"),
}
"""By contract: one import that it must refuse. Each breaks no other contract."""


@pytest.fixture
def copy(tmp_path):
    """A copy of the package and its contracts, to plant faults in."""
    shutil.copytree(PACKAGE, tmp_path / "stillup", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("planted_a", "planted_b"):
        plant(tmp_path / "stillup" / "delivery" / "channels" / f"{name}.py", "")
    return tmp_path


def plant(file: Path, text: str) -> None:
    """Write `file`, and make its folders packages."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for folder in file.parents:
        if folder.name == "stillup":
            break
        (folder / "__init__.py").touch()
    file.write_text(text + "\n")


def broken(folder: Path) -> set[str]:
    """Run import-linter on the package in `folder` and return the ids of the contracts that do not hold."""
    done = subprocess.run(
        [str(program("lint-imports")), "--config", str(folder / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200", "PATH": str(BIN)},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+?) (?:\(.*\) )?(KEPT|BROKEN)", done.stdout, re.MULTILINE))
    assert len(verdicts) == len(CONTRACTS), done.stdout + done.stderr
    return {id for id, contract in CONTRACTS.items() if verdicts[contract["name"]] == "BROKEN"}


def test_every_import_goes_the_right_way(copy):
    assert broken(copy) == set()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_forbidden_import_is_noticed(contract, copy):
    place, line = FORBIDDEN[contract]
    plant(copy / "stillup" / place, line)

    assert broken(copy) == {contract}


def test_a_new_room_needs_a_place_in_the_layers(copy):
    plant(copy / "stillup" / "attic" / "chest.py", "")

    assert broken(copy) == {"layers"}


@pytest.mark.parametrize(("contract", "rooms"), [("leak", PUBLIC_OUTPUTS), ("pure", PURE)])
def test_every_room_that_exists_is_under_its_contract(contract, rooms):
    there = {f"stillup.{room}" for room in rooms if (PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file()}

    assert set(CONTRACTS[contract]["source_modules"]) == there, f"list them in contract {contract} of pyproject.toml"


def test_the_clock_is_refused_in_the_core(copy):
    (copy / "generator").mkdir()
    (copy / "stillup").rename(copy / "generator" / "stillup")
    plant(
        copy / "generator" / "stillup" / "timeline" / "planted.py",
        '"""Reads the clock."""\n\nfrom datetime import UTC, datetime\n\nNOW = datetime.now(tz=UTC)',
    )

    done = subprocess.run(
        [str(program("ruff")), "check", "--no-cache", "--select", "TID251", "--output-format", "concise"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )

    assert re.findall(r"^(\S+?):\d.*TID251", done.stdout, re.MULTILINE) == ["generator/stillup/timeline/planted.py"]


def test_only_one_file_imports_the_host():
    """MkDocs is known to `mkdocs_plugin.py`, Starlette to `server.py`, and to nothing else."""
    hosts = {
        path.relative_to(PACKAGE).as_posix(): host
        for path in PACKAGE.rglob("*.py")
        for host in re.findall(
            r"^\s*(?:from|import) (mkdocs|material|starlette)\b", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }

    assert hosts.items() <= {"mkdocs_plugin.py": "mkdocs", "server.py": "starlette"}.items()
