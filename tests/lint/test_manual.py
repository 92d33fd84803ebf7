"""The manual's list of rules is the one in force."""

import re

from stillup.lint.book import RULES
from tests.tools import AT, ROOT, stillup

PAGE = (ROOT / "manual" / "docs" / "lint.md").read_text(encoding="utf-8")


def test_the_manual_lists_every_rule_with_its_level():
    told = re.findall(r"^\| (C\d\d) \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)

    assert told == [(rule.id, rule.level.value, rule.says) for rule in RULES]


def test_the_example_passes_every_rule():
    """An excellent comms team wrote it: nothing is found in four months of it, and nothing had to be overruled."""
    done = stillup("lint", "--root", ROOT, "--at", AT, "--all")

    assert (done.returncode, done.stderr) == (0, "")


def test_formats_are_those_of_check(tmp_path):
    (tmp_path / "incidents").mkdir()
    (tmp_path / "incidents" / "one.yml").write_text(
        "title: It fails\nupdates:\n  - at: 2026-11-20T10:00:00Z\n    status: investigating\n    body: Please wait!\n"
    )
    done = stillup("lint", "--root", tmp_path, "--at", "2026-11-20T10:05:00Z", "--format", "github")

    assert done.returncode == 1
    assert "::notice file=incidents/one.yml,line=5,col=22,title=C24::" in done.stdout
    assert "::error file=incidents/one.yml,line=3,col=5,title=C01::" in done.stdout
