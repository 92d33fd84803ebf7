"""`check --coverage`: what each language of a page lacks, text by text."""

import json

from stillup.catalogue import INSIDE, language
from tests.end_to_end.page import Site
from tests.tools import stillup


def page(root, languages: str, reviewed: str = "[]") -> Site:
    site = Site.make(root)
    settings = f"languages: {languages}\n      reviewed: {reviewed}\n      timezone:"
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("timezone:", settings))
    return site


def covered(site: Site, *words: str):
    return stillup("check", "--root", site.root, "--at", "2026-11-20T10:45:00Z", "--coverage", *words)


def test_each_text_without_a_translation_is_named_where_it_stands(tmp_path):
    site = page(tmp_path, "[en, es]")
    site.write("components/web.yml", "name: Web\ndescription: Pages\ntranslations: {es: {name: Web}}\n")
    record = site.read("incidents/2026/open.yml").replace("We look into it.", "We look.\n    workaround: none_known")
    site.write("incidents/2026/open.yml", "translations: {es: {title: La API responde despacio}}\n" + record)

    done = covered(site)

    assert done.returncode == 0
    notes = done.stderr.splitlines()
    fix = "Write translations: {es: {body: ...}} beside it."
    assert f"incidents/2026/open.yml:7:5: note: updates[0].body: There is no translation into es. {fix}" in notes
    assert not any("open.yml" in note and ("title" in note or "workaround" in note) for note in notes)
    assert [note.split(": note: ")[1][:12] for note in notes if "web.yml" in note] == ["description:"]
    assert done.stdout.splitlines()[-1].endswith("; 2 of 11 texts of records.")


def test_of_a_withdrawn_update_only_the_reason_is_to_translate(tmp_path):
    site = page(tmp_path, "[en, es]")
    gone = "We look.\n    withdrawn: {at: 2026-11-20T10:30:00Z, reason: It was not so.}"
    site.write("incidents/2026/open.yml", site.read("incidents/2026/open.yml").replace("We look into it.", gone))

    notes = [note for note in covered(site).stderr.splitlines() if "open.yml" in note]
    assert [note.split(": note: ")[1].partition(":")[0] for note in notes] == ["title", "updates[0].withdrawn.reason"]


def test_what_nobody_has_reviewed_is_counted_unless_the_settings_say_somebody_has(tmp_path):
    said = covered(page(tmp_path, "[en, es, ar]", "[ar]")).stdout.splitlines()[1:]

    spanish, arabic = language("es"), language("ar")
    assert said[0] == f"en (English): {len(language('en').phrases)} fixed phrases, reviewed."
    assert said[1].startswith(
        f"es (Español): {len(spanish.phrases)} fixed phrases, {spanish.unreviewed} of them not reviewed;"
    )
    groups = ", ".join(sorted(INSIDE))
    assert said[2].startswith(f"ar (العربية): {len(arabic.phrases)} fixed phrases, reviewed, none for {groups};")


def test_scripts_get_notes_alone(tmp_path):
    notes = json.loads(covered(page(tmp_path, "[en, es]"), "--json").stdout)

    assert {(note["code"], note["level"]) for note in notes} == {("untranslated", "note")}
