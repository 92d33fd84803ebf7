"""A page that is not as it was built any more does not leave by itself."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.page import RECORDS, Site
from tests.tools import stillup

pytestmark = pytest.mark.needs("mkdocs", "git")

NOW = "2026-11-20T10:45:00Z"
MANIFEST = "api/stillup/v1/manifest.json"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site.make(tmp_path_factory.mktemp("proof") / "page", RECORDS)
    deploy = "      languages: [en, de]\n      deploy:\n        - {folder: ../www}\n"
    site.write("mkdocs.yml", site.read("mkdocs.yml") + deploy)
    assert stillup("build", "--root", site.root, "--at", NOW).returncode == 0
    return site.root


@pytest.fixture
def page(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "page")


def deployed(page: Path, *words: str) -> tuple[str, int]:
    done = stillup("deploy", "--root", page, "--at", NOW, *words)
    return done.stderr.replace(f"{page}/", ""), done.returncode


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def turn(file: Path) -> None:
    """Change one bit: the size stays."""
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)


def test_a_page_as_it_was_built_is_deployed(page: Path):
    (page / "site/CNAME").write_text("status.example.com\n")

    assert deployed(page) == ("", 0)
    assert (page.parent / "www/CNAME").is_file()


@pytest.mark.parametrize(
    ("path", "harm"),
    [
        ("index.html", cut),
        ("incidents/closed/index.html", turn),
        ("de/index.html", turn),
        ("de/incidents/closed/feed.atom", Path.unlink),
        (f"de/{MANIFEST}", turn),
        ("history/2026-11/index.html", cut),
    ],
)
def test_one_that_is_not_stays_here_until_it_is_built_again(page: Path, path: str, harm: Callable[[Path], None]):
    harm(page / "site" / path)
    said, status = deployed(page)

    assert status == 1
    assert "cannot be read" in said or said.startswith(f"The page in site is not as it was built: {path}")
    assert not (page.parent / "www").exists()
    assert deployed(page, "--dry-run") == (said, 1)

    shutil.rmtree(page / "site")
    assert stillup("build", "--root", page, "--at", NOW).returncode == 0
    assert deployed(page) == ("", 0)


def test_many_files_are_counted(page: Path):
    for file in (page / "site/components").rglob("*.html"):
        cut(file)
    said, status = deployed(page)

    assert status == 1
    assert said == (
        "The page in site is not as it was built: components/api/index.html, components/mail/index.html, "
        "components/web/index.html. Run stillup build, or deploy it with --as-it-is.\n"
    )
    cut(page / "site/index.html")
    assert " and 1 more. " in deployed(page)[0]


def test_a_page_that_somebody_changed_on_purpose_is_deployed_as_it_is(page: Path):
    home = page / "site/index.html"
    home.write_bytes(home.read_bytes().replace(b"</body>", b"<!-- ours --></body>"))

    assert deployed(page, "--as-it-is") == ("", 0)
    assert b"<!-- ours -->" in (page.parent / "www/index.html").read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"files": 3}',
        '{"files": [], "parts": ["no"]}',
        '{"files": [{"path": "a", "digest": 1, "size": "b"}]}',
    ],
)
def test_without_a_manifest_nobody_knows_what_was_built(page: Path, text: str):
    (page / "site" / MANIFEST).write_text(text)
    said, status = deployed(page)

    assert status == 1
    assert "cannot be read: nothing says what was built. Run stillup build." in said
