"""The tutorial can be typed: each command works, and prints what is shown."""

import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.tools import ROOT, stillup

TEXT = (ROOT / "manual" / "docs" / "tutorial.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"^`(?P<file>[\w./-]+)`\n\n```\w+\n(?P<body>.*?)^```$|^```console\n(?P<console>.*?)^```$", re.MULTILINE | re.DOTALL
)
WHO = {"GIT_AUTHOR_NAME": "reader", "GIT_COMMITTER_NAME": "reader", "GIT_CONFIG_GLOBAL": os.devnull} | {
    f"GIT_{role}_EMAIL": "reader@example.com" for role in ("AUTHOR", "COMMITTER")
}


@dataclass
class Reader:
    """Somebody who types what they read."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(WHO))

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def type(self, line: str) -> str:
        """Run one line, as a shell does as far as the tutorial asks for it; return what it prints."""
        first, *words = shlex.split(line)
        if first == "cd":
            self.folder /= words[0]
            return ""
        if first == "stillup":
            done = stillup(*words, cwd=self.folder, **self.environment)
        else:
            name = words[0].partition("=")[0] if first == "export" else ""
            shell = f'{line} && printf %s "${name}"' if name else line
            done = subprocess.run(
                ["bash", "-c", shell],
                cwd=self.folder,
                env=os.environ | self.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if name:
                self.environment[name] = done.stdout
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout + done.stderr


@pytest.mark.needs("git", "bash")
def test_a_newcomer_who_types_the_tutorial_reads_what_it_shows(tmp_path):
    reader, typed, printed = Reader(tmp_path), 0, ""
    for step in STEP.finditer(TEXT):
        if step["file"]:
            reader.write(step["file"], step["body"])
            continue
        for line in step["console"].splitlines():
            if line.startswith("$ "):
                typed, printed = typed + 1, reader.type(line[2:])
            else:
                assert line in printed, line

    assert typed > 15
    assert len(list((tmp_path / "status" / "outbox" / "sent" / "email").glob("*.eml"))) == 2
    (page,) = (tmp_path / "status" / "site" / "incidents").glob("2*/index.html")
    assert re.search(r"<del>.*40.*</del> <ins>.*4.*</ins>", page.read_text())
