"""The page speaks the first of its languages, in its own words and in those of the records."""

import re
from pathlib import Path

from tests.end_to_end.page import Site
from tests.tools import stillup


def test_a_page_in_spanish_takes_the_spanish_texts_of_its_records(tmp_path: Path):
    site = Site.make(tmp_path / "root")
    text = site.read("mkdocs.yml")
    site.write("mkdocs.yml", text.replace("timezone:", "languages: [es, en]\n      timezone:"))
    record = site.read("incidents/2026/open.yml")
    site.write("incidents/2026/open.yml", f"{record}translations: {{es: {{title: La API responde despacio}}}}\n")

    done = stillup("build", "--root", site.root, "--at", "2026-11-20T10:45:00Z")

    assert done.returncode == 0, done.stderr
    home = (site.root / "site" / "index.html").read_text()
    assert re.search(r'<html[^>]* lang="?es\b', home)
    assert "La API responde despacio" in home
    assert "The API answers slowly" not in home
    assert "Buscar" in (site.root / "site" / "search" / "index.html").read_text()


def test_a_language_without_words_is_said_where_it_is_set(tmp_path: Path):
    site = Site.make(tmp_path / "root")
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("timezone:", "languages: [en, it, en]\n      timezone:"))

    done = stillup("build", "--root", site.root)

    assert done.returncode == 1
    named_twice, unspoken = done.stderr.splitlines()[:2]
    assert '"en" is named twice. Name each language once.' in named_twice
    assert unspoken.startswith("mkdocs.yml:8:18: plugins[1].stillup.languages")
    assert 'Pages cannot speak "it" yet. Write some of ' in unspoken
    assert not (site.root / "site").exists()
