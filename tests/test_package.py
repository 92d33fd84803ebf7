"""The package that people install: what is in it, what judges say of it, and that it runs where nothing else is."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.tools import ROOT, program, stillup

AT = "2026-11-20T10:00:00Z"


def run(*words: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a program that has to succeed; return what it printed. Only the package itself may bring our code."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STILLUP_"))}
    done = subprocess.run(
        [*map(str, words)], cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False, timeout=1200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> Path:
    """A folder with both packages; the wheel is built from the source distribution, as installers do."""
    folder = tmp_path_factory.mktemp("packages")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(packages) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(packages.glob("*.whl")))


@pytest.fixture(scope="module")
def installed(packages, tmp_path_factory) -> Path:
    """Programs of an environment that holds this package, what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("empty") / "environment"
    venv.create(folder, with_pip=True)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt")
    run(*pip, "--no-deps", "--no-index", next(packages.glob("*.whl")))
    return folder / "bin"


def tracked() -> set[str]:
    """Return what a clone would have of the package: every file that git tracks or would take."""
    words = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "generator/stillup")
    return {name.removeprefix("generator/") for name in run(*words).split("\0") if name and (ROOT / name).is_file()}


def test_the_package_holds_every_template_and_style(wheel):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert packed - {"stillup/commit.txt"} == tracked()
    assert any(name.endswith(".html") for name in packed)


def test_the_package_offers_the_command_and_the_plugin(wheel):
    points = next(wheel.read(name).decode() for name in wheel.namelist() if name.endswith("/entry_points.txt"))

    assert "[console_scripts]\nstillup = stillup.cli:main\n" in points
    assert "[mkdocs.plugins]\nstillup = stillup.mkdocs_plugin:StillupPlugin\n" in points


def test_judges_of_packages_find_nothing(packages):
    both = sorted(packages.iterdir())
    assert [path.suffix for path in both] == [".whl", ".gz"]

    assert run(sys.executable, "-m", "twine", "check", "--strict", *both).count("PASSED") == 2
    assert "OK" in run(sys.executable, "-m", "check_wheel_contents", both[0])


def test_the_source_holds_what_a_test_of_it_needs(packages):
    with tarfile.open(next(packages.glob("*.tar.gz"))) as source:
        names = {name.partition("/")[2] for name in source.getnames()}

    for name in (
        "LICENSE",
        "README.md",
        "mkdocs.yml",
        "components/email.yml",
        "tests/conftest.py",
        "schema/incident.schema.json",
    ):
        assert name in names
    assert not any("node_modules" in name or name.startswith(("private/", "site/")) for name in names)


def test_the_same_bytes_come_from_a_checkout_and_from_the_source_distribution(packages, tmp_path):
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT)

    (wheel,) = packages.glob("*.whl")
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_where_nothing_else_is_it_lays_out_a_page_and_publishes_it(installed, tmp_path):
    page = tmp_path / "status"
    words = ("--name", "Advancia Pay Ledger", "--component", "Payments", "--url", "https://status.example.com")
    run(installed / "stillup", "init", page, *words, "--at", AT, cwd=tmp_path)
    run(installed / "stillup", "publish", "--at", AT, cwd=page)
    run(installed / "mkdocs", "build", "--strict", "--site-dir", tmp_path / "other", cwd=page, STILLUP_AT=AT)

    assert "Payments" in (page / "site" / "index.html").read_text()
    assert (tmp_path / "other" / "index.html").read_bytes() == (page / "site" / "index.html").read_bytes()


def test_an_installed_package_tells_its_commit(installed, tmp_path):
    head = run("git", "rev-parse", "--short=12", "HEAD").strip()

    told = run(installed / "stillup", "--version", cwd=tmp_path).strip()
    assert told in {f"stillup 0.1.0 ({head})", f"stillup 0.1.0 ({head}+)"}


def test_a_checkout_tells_its_commit_too():
    head = run("git", "rev-parse", "--short=12", "HEAD").strip()

    assert stillup("--version").stdout.startswith(f"stillup 0.1.0 ({head}")


# Shells


SOURCED = {"bash": "eval", "zsh": "eval", "fish": "source"}


@pytest.mark.parametrize("shell", SOURCED)
def test_every_shell_gets_something_to_read(shell):
    assert "_STILLUP_COMPLETE" in stillup("completion", shell).stdout


def offered(line: str, root: Path) -> list[str]:
    """Return what bash would offer after `line`, with the function that the command printed."""
    script = f"""
        eval "$(stillup completion bash)"
        COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _stillup_completion stillup
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    place = Path(program("stillup")).parent
    path = {"PATH": f"{place}:{os.environ['PATH']}", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    return run("bash", "-c", script, cwd=root, **path).split()


@pytest.mark.needs("bash")
def test_bash_finishes_commands_and_ids(example_root):
    assert offered("stillup inc", example_root) == ["incident"]
    assert offered("stillup component set payments-s", example_root) == ["payments-stripe"]
    assert offered("stillup incident update 2026-11-20-s", example_root) == ["2026-11-20-sign-in-and-payments-failing"]
    assert offered("stillup incident update no-such", example_root) == []


def test_the_man_page_tells_every_command_and_option(tmp_path):
    told = stillup("man").stdout
    (tmp_path / "stillup.1").write_text(told)

    assert ".SS stillup incident open [OPTIONS] [TITLE]\n" in told
    assert r"\-\-keep\-last\-good" in told
    if shutil.which("man"):
        shown = subprocess.run(
            ["man", "--warnings=w", "-l", tmp_path / "stillup.1"], capture_output=True, text=True, check=True
        )
        assert shown.stderr == ""
        assert "stillup - a static status page and the messages that go with it" in shown.stdout


def test_windows_is_told_where_it_runs():
    words = [sys.executable, "-c", "import sys; sys.platform = 'win32'; import stillup.cli"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("install it inside WSL.\n")
