"""Ledgers of every kind, each empty and on its own, and a page with one."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stillup.delivery.ledger import Ledger
from stillup.delivery.ledger.git import GitLedger
from stillup.delivery.ledger.memory import MemoryLedger
from stillup.delivery.ledger.place import open_ledger
from stillup.delivery.ledger.sqlite import SqliteLedger
from stillup.pipeline.building.build import build
from stillup.postgres.address import address
from stillup.postgres.migration import migrate
from tests.delivery.logged import made, minutes
from tests.delivery.page import Page
from tests.delivery.world import AT, Receiver, begun, receiver

KINDS = ("memory", "sqlite", "git", "postgres")
REF = "refs/stillup/ledger"


def git(*words: str | Path, cwd: Path | None = None, given: bytes = b"") -> str:
    done = subprocess.run(["git", *map(str, words)], cwd=cwd, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone with a bare remote called origin beside it."""
    git("init", "--quiet", "--bare", tmp_path / "origin.git")
    git("init", "--quiet", "--initial-branch=main", tmp_path / "page")
    git("remote", "add", "origin", tmp_path / "origin.git", cwd=tmp_path / "page")
    return tmp_path / "page"


@pytest.fixture
def tables(database: str) -> str:
    """The address of a database with the tables of a ledger."""
    migrate(address(database), "ledger")
    return database


Opening = Callable[[str], Ledger]


@pytest.fixture
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opening]:
    """Open a ledger of a kind; opened again, it is the same ledger, as another process would see it."""
    made: list[Ledger] = []
    memory = MemoryLedger()

    def opening(kind: str) -> Ledger:
        if kind == "memory":
            return memory
        if kind == "sqlite":
            made.append(SqliteLedger(tmp_path / "ledger.sqlite"))
        elif kind == "postgres":
            made.append(open_ledger(request.getfixturevalue("tables"), tmp_path))
        else:
            made.append(GitLedger(request.getfixturevalue("repository"), "origin", REF))
        return made[-1]

    yield opening
    for ledger in made:
        ledger.close()


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """A page whose ledger has begun."""
    made = Page(tmp_path).make()
    made.begin()
    return made


@pytest.fixture
def provider() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def ledger(opened: Opening) -> Ledger:
    """A ledger in memory that has begun."""
    return begun(opened("memory"))


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """A page with one incident that is over, built once: MkDocs takes its time, and copies need it no more."""
    page = made(tmp_path_factory.mktemp("ground"))
    rows = (minutes(-90), "investigating", "major_outage", "Down."), (minutes(-60), "resolved", "operational", "Up.")
    page.incident(*rows, id="old")
    build(page.root, at=AT, live=True)
    return page
