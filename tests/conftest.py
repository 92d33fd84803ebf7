"""Options, fixtures and rules of the whole test run."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.cluster import Cluster
from tests.order import longest_first
from tests.tools import AT, ROOT, Golden, close_browser, need, serving, stillup, warm

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
# The first example of a property pays for caches, and each one for whatever else runs: time says nothing here.
# CI asks every commit the same examples, so that no commit fails for an old fault; people ask others each time.
settings.register_profile(
    "patient", deadline=None, derandomize=REQUIRE_ALL, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
RECORDS = ("mkdocs.yml", "components", "incidents", "docs", "messages", "site_overrides")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite golden files with what was made; read the diff")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*tools): skip where the machine lacks one of the tools")
    if config.getoption("--accept") and os.environ.get("CI"):
        raise pytest.UsageError("--accept is for people: CI compares.")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        need(*mark.args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped, but REQUIRE_ALL=1: {call.excinfo.value}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped, but REQUIRE_ALL=1: {report.longrepr[2]}"
    return report


@pytest.hookimpl(optionalhook=True)  # mutants are tried without xdist
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than cores: tests wait for servers, browsers and disks a good part of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def pytest_sessionstart(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        warm()  # a part of all tests: it pays to have it ready


def pytest_sessionfinish() -> None:
    close_browser()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare with files kept beside the test: `golden("home.html", made)`, `golden.tree(folder, made)`."""
    return Golden(folder=request.path.parent, accept=request.config.getoption("--accept"))


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Serve a folder until the run ends: `url = serve(folder, below="/status/", headers={...})`."""
    with ExitStack() as servers:

        def start(folder: Path, *, below: str = "/", headers: Mapping[str, str] | None = None) -> str:
            return servers.enter_context(serving(folder, below=below, headers=headers))

        yield start


@pytest.fixture(scope="session")
def example_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example's records and settings, without history and without anything built before."""
    root = tmp_path_factory.mktemp("example")
    for name in RECORDS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name)
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture(scope="session")
def example(example_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's site, built once in a run at its fixed instant."""
    site = tmp_path_factory.mktemp("built") / "site"
    done = stillup("build", "--root", example_root, "--at", AT, "--site-dir", site)
    assert done.returncode == 0, f"the example does not build:\n{done.stdout}{done.stderr}"
    return site


@pytest.fixture(scope="session")
def example_url(example: Path, serve: Callable[..., str]) -> str:
    """The address of the example's site, served on loopback."""
    return serve(example)


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: STILLUP_SHOTS, which CI keeps, else a folder that goes with the run."""
    kept = os.environ.get("STILLUP_SHOTS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that runs until the tests of this process end."""
    need("postgres")
    made = Cluster()
    yield made
    made.close()


@pytest.fixture
def database(cluster: Cluster) -> str:
    """The address of a database without a table."""
    return cluster.place()
