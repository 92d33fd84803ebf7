"""Whatever a page says: sound records come of it, or problems in words, and never half an import."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stillup.errors import StillupError
from stillup.intake.run import from_folder
from stillup.records import store
from tests.intake.conftest import API, OUTAGE, PAGE, component, incident, update
from tests.tools import stillup

TEXTS = [
    *(
        "no",
        "12:30",
        "# not a comment",
        "- item",
        "key: value",
        "'quoted'",
        '"',
        "\\",
        "%x",
        "@x",
        "`x`",
        "|",
        "{{ x }}",
    ),
    *(
        "<script>alert(1)</script>",
        "&lt;b&gt;",
        "a\x00b\x1b",
        "a\u202eb",
        "\ufeff",
        "a\xa0b",
        "line\u2028line",
        "\ud83d",
    ),
    *("", " ", "\n\n", "é😀", "---", "...", "a\tb", "[x](javascript:alert(1))", "```\ncode", "x" * 70_000, "🛑" * 300),
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_makes_a_sound_record(text, capture, root):
    part = component(API["id"], text, description=text)
    odd = incident(
        "9tpgqq1h4bs0",
        update("7f4jmtk5hld0", "resolved", "30T09:00", text, custom_tweet=text),
        name=text,
        shortlink=text,
    )

    from_folder(root, capture(odd, parts=(part,)), {})

    assert len(store.load(root).incidents) == 1
    assert from_folder(root, capture(odd, parts=(part,)), {}).updated == []


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=12),
        st.sampled_from(["resolved", "2026-07-30T09:00:00Z"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
places = st.sampled_from(
    [
        *(("incidents", 0, key) for key in OUTAGE),
        *(("incidents", 0, "incident_updates", 0, key) for key in OUTAGE["incident_updates"][0]),
        *(("components", 0, key) for key in API),
        *(("page", key) for key in PAGE),
        *((key,) for key in ("page", "incidents", "components")),
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(places, json_values), min_size=1, max_size=3))
def test_any_shape_is_imported_or_refused_in_words(tmp_path_factory, changes):
    document: dict[str, Any] = json.loads(json.dumps({"page": PAGE, "components": [API], "incidents": [OUTAGE]}))
    for place, value in changes:
        inner: Any = document
        try:
            for step in place[:-1]:
                inner = inner[step]
            inner[place[-1]] = value
        except (TypeError, KeyError, IndexError):
            pass
    folder, root = tmp_path_factory.mktemp("capture"), tmp_path_factory.mktemp("root")
    (folder / "summary.json").write_text(json.dumps(document))

    try:
        from_folder(root, folder, {})
    except StillupError as error:
        assert str(error)
        assert list(root.iterdir()) == []
    else:
        store.load(root)


@pytest.mark.parametrize("place", [("page", "time_zone"), ("components", 0, "id"), ("incidents", 0, "id")])
def test_half_of_an_emoji_is_taken_anywhere(place, tmp_path, root):
    """Programs that count in UTF-16 cut within one; what is printed and kept has none of it."""
    document: Any = {"page": {**PAGE}, "components": [{**API}], "incidents": [{**OUTAGE}]}
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = "Etc/UTC\ud83d"
    (tmp_path / "capture").mkdir()
    (tmp_path / "capture" / "summary.json").write_text(json.dumps(document))

    done = stillup("import", "statuspage", tmp_path / "capture", "--root", root)

    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert store.load(root).incidents


def test_a_report_is_lines_of_ours(tmp_path, root):
    """What a page calls its zone is quoted in it."""
    (tmp_path / "capture").mkdir()
    page = {**PAGE, "time_zone": "a\x1b[2J\n::add-mask::\u202eb"}
    document = {"page": page, "components": [API], "incidents": [OUTAGE]}
    (tmp_path / "capture" / "summary.json").write_text(json.dumps(document))

    done = stillup("import", "statuspage", tmp_path / "capture", "--root", root)

    assert done.returncode == 0, done.stderr
    assert r"a\x1b[2J\n::add-mask::\u202eb is no IANA name" in done.stdout


@pytest.mark.parametrize(
    "body", ["", "[]", "{", "\x00", "[" * 100_000, '{"incidents": 5}', '{"incidents": [5, null, {}]}']
)
def test_what_is_no_document_is_refused(body, tmp_path, root):
    (tmp_path / "capture").mkdir()
    (tmp_path / "capture" / "incidents.json").write_text(body)

    done = stillup("import", "statuspage", tmp_path / "capture", "--root", root)

    assert "Traceback" not in done.stderr
    assert done.returncode == (0 if body == '{"incidents": 5}' else 1)


def test_the_command_takes_a_mapping_and_refuses_half_of_one(capture, root):
    folder = capture({**OUTAGE, "impact": "catastrophic"})

    refused = stillup("import", "statuspage", folder, "--root", root)
    wrong = stillup("import", "statuspage", folder, "--root", root, "--map", "catastrophic")
    done = stillup("import", "statuspage", folder, "--root", root, "--map", "catastrophic=critical", "--json")

    assert refused.returncode == 1
    assert "Add --map catastrophic=critical" in refused.stderr
    assert wrong.returncode == 2
    assert json.loads(done.stdout)["changed"][0]["field"] == "catastrophic"


def test_a_zone_that_is_none_is_a_wrong_call(capture, root):
    done = stillup("import", "statuspage", capture(OUTAGE), "--root", root, "--timezone", "Europe/Berlim")

    assert done.returncode == 2
    assert "Europe/Berlin" in done.stderr
