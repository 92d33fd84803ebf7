"""What is no record, whatever it is: refused with its place, in little time and memory, by a process that goes on."""

import os
import resource
import subprocess
from pathlib import Path

import pytest

from tests.hostile.payload import UNREADABLE
from tests.tools import program, stillup

AT = "2026-11-20T10:45:00Z"
MEMORY = 700 * 2**20
"""Bytes of address space: enough for Python and the package, not for a bomb."""


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))


@pytest.fixture(scope="module")
def refused(tmp_path_factory) -> tuple[Path, str]:
    """A folder with every unreadable file, and what one `check` says of all of them."""
    root = tmp_path_factory.mktemp("unreadable")
    folder = root / "incidents" / "2026"
    folder.mkdir(parents=True)
    (root / "components").mkdir()
    (root / "components" / "website.yml").write_text("name: Website\n")
    for name, text in UNREADABLE.items():
        (folder / f"{name.replace(' ', '-').lower()}.yml").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = subprocess.run(
        [str(program("stillup")), "check", "--root", root, "--at", AT],
        capture_output=True,
        check=False,
        preexec_fn=_bounded,
        timeout=300,
    )
    assert done.returncode == 1, done.stderr[-2000:]
    return root, done.stderr.decode()


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_with_its_place(refused, name):
    _, said = refused
    told = [
        line for line in said.splitlines() if line.startswith(f"incidents/2026/{name.replace(' ', '-').lower()}.yml:")
    ]

    assert told
    assert all(line.split(":")[1].isdigit() and line.split(":")[2].isdigit() for line in told)


def test_nothing_of_a_hostile_file_is_run_or_sent_to_the_terminal(refused):
    root, said = refused

    assert "Traceback" not in said
    assert not list(root.rglob("pwned"))
    assert not [letter for letter in said if ord(letter) < 32 and letter != "\n"]


@pytest.mark.parametrize("form", ["text", "github"])
def test_no_name_that_people_chose_speaks_to_a_terminal_or_begins_a_line_of_a_log(form, tmp_path):
    """A key and a word are quoted when they are wrong; a code host obeys a line that begins with two colons."""
    folder = tmp_path / "components"
    folder.mkdir()
    (folder / "website.yml").write_text(
        'name: Website\n"a\\e[2Jb": 1\n"c\\n::add-mask::d": 1\n"e\\u202ef": 1\nshow: "g\\r\\n::error::h"\n'
    )
    (folder / "x\n::add-mask::y\x1b.yml").write_text("name: [\n")

    done = subprocess.run(
        [str(program("stillup")), "check", "--root", tmp_path, "--at", AT, "--format", form],
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    said = (done.stderr + done.stdout).decode()
    assert not [letter for letter in said if letter != "\n" and not letter.isprintable()]
    assert not [line for line in said.splitlines() if line.startswith("::add-mask")]
    assert not [line for line in said.splitlines() if line.startswith("::error::")]
    for told in (r"a\x1b[2Jb", r"c\n::add-mask::d", r"e\u202ef", r"g\r\n::error::h"):
        assert told in said


def test_a_file_of_terabytes_is_refused_at_a_glance(tmp_path):
    for folder in ("incidents", "components"):
        (tmp_path / folder).mkdir()
        with (tmp_path / folder / "huge.yml").open("wb") as file:
            file.truncate(2**40)

    done = subprocess.run(
        [str(program("stillup")), "check", "--root", tmp_path, "--at", AT],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_bounded,
        timeout=60,
    )

    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    for folder in ("incidents", "components"):
        assert f"{folder}/huge.yml:1:1: The file has more than 256 KB, which no record needs." in done.stderr


@pytest.mark.parametrize("name", [".stillup", "outbox"])
def test_a_file_where_a_folder_belongs_is_named(name, tmp_path):
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "website.yml").write_text("name: Website\n")
    (tmp_path / name).write_text("mine")

    done = stillup("publish", "--root", tmp_path, "--at", AT)

    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert f"{tmp_path / name}: A file, or a link to nothing, stands where a folder belongs." in done.stderr
    assert (tmp_path / name).read_text() == "mine"


def test_links_and_pipes_lead_nowhere(tmp_path):
    """A record that is a link out of the repository, a device or a loop of folders is no record."""
    folder = tmp_path / "incidents"
    folder.mkdir()
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "website.yml").write_text("name: Website\n")
    (folder / "secret.yml").symlink_to("/etc/passwd")
    (folder / "device.yml").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder)
    done = stillup("check", "--root", tmp_path, "--at", AT)

    assert done.returncode == 1
    assert "root:x" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("tool", ["stillup", "mkdocs"])
def test_nothing_is_published_by_a_link_that_leaves_its_folder(tool, tmp_path):
    """A link beside the pages to a private record, to what a job's environment holds, or to a pipe without an end."""
    for name in ("components", "docs", "private", "site_overrides"):
        (tmp_path / name).mkdir()
    (tmp_path / "components" / "website.yml").write_text("name: Website\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Status\nsite_url: https://status.example.com/\n"
        "theme: {name: material, font: false, custom_dir: site_overrides}\nplugins: [search, stillup]\n"
    )
    (tmp_path / "private" / "facts.md").write_text("# A secret\n")
    (tmp_path / "docs" / "about.md").write_text("# About\n")
    links = {
        "docs/facts.md": "../private/facts.md",
        "docs/environment.txt": "/proc/self/environ",
        "docs/more": "../private",
        "docs/round": ".",
        "site_overrides/logo.svg": "../private/facts.md",
    }
    (tmp_path / "docs" / "alias.md").symlink_to("about.md")
    for name, target in links.items():
        (tmp_path / name).symlink_to(target)
    os.mkfifo(tmp_path / "docs" / "pipe.md")
    words = {"stillup": ["build", "--root", tmp_path], "mkdocs": ["build", "--config-file", tmp_path / "mkdocs.yml"]}

    done = subprocess.run(
        [str(program(tool)), *words[tool]], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path
    )

    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert [name for name in (*links, "docs/pipe.md") if f"{name}:1:1: This" not in done.stderr] == []
    assert "docs/alias.md" not in done.stderr
    assert not (tmp_path / "site").exists()
    for name in (*links, "docs/pipe.md"):
        (tmp_path / name).unlink()
    assert stillup("build", "--root", tmp_path).returncode == 0
    assert "About" in (tmp_path / "site" / "alias" / "index.html").read_text()


def test_words_in_another_encoding_are_told_and_nothing_is_written(tmp_path):
    """A terminal that writes Latin-1 to a program that reads UTF-8, at the moment of need."""
    (tmp_path / "incidents").mkdir()
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "website.yml").write_text("name: Website\n")
    words = ["-c", "website=partial_outage", "-s", "P2", "-m", "We look.", "--yes", "--anyway", "a test", "--at", AT]
    for status, command in (
        (1, ["incident", "open", "Die St\u00f6rung dauert an".encode("latin-1"), *words]),
        (2, ["subscribers", "add", "email", "st\u00f6rung@example.com".encode("latin-1")]),
    ):
        done = subprocess.run(
            [str(program("stillup")), *command, "--root", tmp_path], capture_output=True, check=False, timeout=60
        )

        said = done.stderr.decode()
        assert (done.returncode, "Traceback" in said) == (status, False), said
        assert "not UTF-8" in said
    assert list((tmp_path / "incidents").rglob("*")) == []
    assert not (tmp_path / "private").exists()
