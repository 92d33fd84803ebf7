"""A fast command stays fast: it imports what it runs."""

import subprocess
import sys

from tests.end_to_end.page import Site

LIST = "import sys; from stillup.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"


def test_a_check_imports_no_output_and_nothing_that_the_page_has_not(tmp_path):
    site = Site.make(tmp_path)
    words = ["check", "--root", str(site.root), "--at", f"{site.at:%Y-%m-%dT%H:%M:%SZ}"]

    done = subprocess.run([sys.executable, "-c", LIST, *words], capture_output=True, text=True, check=True)

    modules = done.stderr.split()
    assert "stillup.pipeline.reading.gather" in modules
    rooms = ("stillup.messages", "stillup.delivery", "stillup.records.private", "stillup.pipeline.pages.assemble")
    heavy = ("mkdocs", "feedgen", "icalendar", "httpx", "markdown", "difflib")
    assert [name for name in modules if name in heavy or name.startswith(rooms)] == []
