"""`check --base`: what was published does not change in silence, and every problem says what to write."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stillup import pipeline
from stillup.errors import RecordError, StillupError
from stillup.pipeline.base import compared
from tests.end_to_end.page import RECORDS, Site
from tests.tools import stillup

pytestmark = pytest.mark.needs("git")

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
OPEN = RECORDS["incidents/2026/open.yml"]
CLOSED = RECORDS["incidents/2026/closed.yml"]
WINDOW = """\
title: New disks
kind: maintenance
scheduled:
  start: 2026-11-22T10:00:00Z
  end: 2026-11-22T12:00:00Z
updates:
  - at: 2026-11-20T10:12:00Z
    status: scheduled
    components: {api: under_maintenance}
    body: We change disks.
"""
SERIES = WINDOW.replace("12:00:00Z\n", "12:00:00Z\n  recurrence: FREQ=WEEKLY;COUNT=8\n", 1)


def repository(root: Path, records: dict[str, str] | None = None) -> Site:
    """A repository with one commit of the small page and `records`."""
    site = Site.make(root, RECORDS | (records or {}))
    site.git("init", "--quiet", "--initial-branch=main")
    commit(site)
    return site


def commit(site: Site) -> None:
    site.git("add", "--all", "incidents", "components", "mkdocs.yml")
    site.git("commit", "--quiet", "--allow-empty", "--message", "Say more")


def said(site: Site, base: str = "HEAD", at: datetime = AT) -> list[str]:
    """Return what is said of the working tree, in file order."""
    return [str(problem) for problem in sorted(compared(site.root, base, at, "UTC"))]


@pytest.fixture
def site(tmp_path):
    return repository(tmp_path)


def change(site: Site, path: str, *pairs: tuple[str, str]) -> None:
    text = site.read(path)
    for old, new in pairs:
        assert text.count(old) == 1, f"{old!r} stands in {path} {text.count(old)} times"
        text = text.replace(old, new)
    site.write(path, text)


def test_a_new_update_and_a_new_record_change_nothing_that_was_published(site):
    site.write(
        "incidents/2026/open.yml", f"{OPEN}  - at: 2026-11-20T10:40:00Z\n    status: monitoring\n    body: Better.\n"
    )
    site.write(
        "incidents/2026/open/updates/20261120t104200z-1a2b.yml",
        "at: 2026-11-20T10:42:00Z\nstatus: monitoring\nbody: Good.\n",
    )
    site.write("incidents/second.yml", OPEN)

    assert said(site) == []


def test_an_update_at_another_time_keeps_its_id_by_one_line(site):
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))

    assert said(site) == [
        "incidents/2026/open.yml:3:9: updates[0].at: This update was published as 20261120t100000z, and at another time"
        " it would be published again. Write id: 20261120t100000z on it."
    ]

    change(site, "incidents/2026/open.yml", ("10:02:00Z", "10:02:00Z\n    id: 20261120t100000z"))

    assert said(site) == []


def test_an_update_whose_words_changed_too_is_known_by_what_they_share(site):
    change(
        site,
        "incidents/2026/closed.yml",
        ("23:40:00Z", "23:41:00Z"),
        ("body: Mail is late.", "body: Mail is late today."),
        ("01:10:00Z", "01:12:00Z"),
        ("body: Mail is on time.", "body: Everything arrives again."),
    )

    assert [line.partition(" Write ")[2] for line in said(site)] == [
        "id: 20261118t234000z on it.",
        "id: 20261119t011000z on it.",
    ]


def test_an_id_that_is_left_out_is_missed(tmp_path):
    text = OPEN.replace("10:00:00Z\n", "10:00:00Z\n    id: first\n")
    site = repository(tmp_path, {"incidents/2026/open.yml": text})
    site.write("incidents/2026/open.yml", OPEN)

    assert said(site) == [
        "incidents/2026/open.yml:3:9: updates[0].at: This update was published as first, and under another id it would"
        " be published again. Write id: first on it."
    ]


def test_an_update_put_in_at_the_same_instant_takes_no_id_away(site):
    earlier = "  - at: 2026-11-20T10:00:00Z\n    status: investigating\n    body: Something else.\n"
    site.write("incidents/2026/open.yml", OPEN.replace("updates:\n", f"updates:\n{earlier}"))

    assert said(site) == [
        "incidents/2026/open.yml:6:9: updates[1].at: This update was published as 20261120t100000z, and under another"
        " id it would be published again. Write id: 20261120t100000z on it, and another id: on the update that has"
        " taken this one."
    ]


def test_an_update_that_is_gone_says_how_it_is_withdrawn(site):
    first = CLOSED.index("  - at: 2026-11-18")
    last = CLOSED.index("  - at: 2026-11-19")
    site.write("incidents/2026/closed.yml", CLOSED[:first] + CLOSED[last:])

    assert said(site) == [
        'incidents/2026/closed.yml:4:5: updates[0]: The published update 20261118t234000z, "Mail is late.", is gone.'
        ' Put it back, and write withdrawn: {at: 2026-11-20T10:45:00Z, reason: "..."} on it.'
    ]


def test_the_last_update_that_is_gone_is_missed_at_the_list(site):
    site.write("incidents/2026/closed.yml", CLOSED[: CLOSED.index("  - at: 2026-11-19")])

    assert said(site)[0].startswith("incidents/2026/closed.yml:3:1: updates: The published update 20261119t011000z,")


def test_an_update_file_that_is_gone_or_renamed(tmp_path):
    path = "incidents/2026/open/updates/20261120t102000z-1a2b.yml"
    body = "at: 2026-11-20T10:20:00Z\nstatus: identified\nbody: A disk is full.\n"
    site = repository(tmp_path, {path: body})

    (site.root / path).unlink()
    assert said(site)[0].endswith(
        f'"A disk is full.", is gone. Put {path} back, and write'
        ' withdrawn: {at: 2026-11-20T10:45:00Z, reason: "..."} on it.'
    )

    site.write(path.replace("102000z-1a2b", "102100z-1a2b"), body.replace("10:20", "10:21"))
    assert said(site) == [
        "incidents/2026/open/updates/20261120t102100z-1a2b.yml:1:5: at: This update was published as 20261120t102000z,"
        " and at another time it would be published again. Write id: 20261120t102000z on it."
    ]


def test_an_update_may_move_between_the_record_and_a_file_beside_it(site):
    site.write(
        "incidents/2026/closed/updates/20261119t011000z-00ff.yml",
        "at: 2026-11-19T01:10:00Z\nstatus: resolved\nbody: Mail is on time.\n",
    )
    site.write("incidents/2026/closed.yml", CLOSED[: CLOSED.index("  - at: 2026-11-19")])

    assert said(site) == []


def test_what_is_not_published_yet_may_change_freely(tmp_path):
    draft = f"{OPEN}  - at: 2026-11-20T11:30:00Z\n    status: monitoring\n    body: Planned words.\n"
    site = repository(tmp_path, {"incidents/2026/open.yml": draft})
    site.write("incidents/2026/open.yml", OPEN)

    assert said(site) == []
    assert len(said(site, at=datetime(2026, 11, 20, 11, 26, tzinfo=UTC))) == 1, "published once its time comes"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("We look into it.", "We looked into it.", "6:11: updates[0].body"),
        ("    next_update_in: 1h\n", "    next_update_in: 1h\n    eta: Noon.\n", "8:10: updates[0].eta"),
    ],
)
def test_a_changed_text_asks_for_a_note_of_it(old, new, place, site):
    change(site, "incidents/2026/open.yml", (old, new))

    assert said(site) == [
        f"incidents/2026/open.yml:{place}: The published text of 20261120t100000z was changed, and nothing says so."
        " Write edited_at: 2026-11-20T10:45:00Z on it, and was: with the words that were published."
    ]


def test_a_noted_edit_asks_for_the_words_that_were_published(site):
    edited = "10:00:00Z\n    edited_at: 2026-11-20T10:45:00Z"
    change(site, "incidents/2026/open.yml", ("We look into it.", "We looked into it."), ("10:00:00Z", edited))

    assert said(site) == [
        "incidents/2026/open.yml:4:16: warning: updates[0].edited_at: Readers see when 20261120t100000z was edited,"
        ' and not what was changed. Write was.body: "We look into it.".'
    ]

    change(site, "incidents/2026/open.yml", (edited, f"{edited}\n    was: {{body: We see to it.}}"))

    assert said(site) == [
        "incidents/2026/open.yml:5:17: warning: updates[0].was.body: 20261120t100000z was published with other words"
        ' than these. Write "We look into it.".'
    ]

    change(site, "incidents/2026/open.yml", ("We see to it.", "We look into it."))

    assert said(site) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("status: investigating", "status: identified", "4:13: updates[0].status", "status of 20261120t100000z was"),
        (
            "api: degraded_performance",
            "api: major_outage",
            "5:17: updates[0].components",
            "components of 20261120t100000z were",
        ),
        ("    components: {api: degraded_performance}\n", "", "3:5: updates[0]", "components of 20261120t100000z were"),
        (
            "next_update_in: 1h",
            "next_update_in: 2h",
            "7:21: updates[0].next_update_in",
            "promise of 20261120t100000z was",
        ),
        (
            "investigating\n    components: {api: degraded_performance}",
            "monitoring\n    components: {api: operational}",
            "4:13: updates[0].status",
            "status and components of 20261120t100000z were",
        ),
    ],
)
def test_a_changed_state_asks_for_a_note_of_it(old, new, place, what, site):
    """No word of the text is touched: what changes is the row, the days and the uptime."""
    change(site, "incidents/2026/open.yml", (old, new))

    assert said(site) == [
        f"incidents/2026/open.yml:{place}: The published {what} changed, and nothing says so."
        " Write edited_at: 2026-11-20T10:45:00Z on it, and correction: with what is right where everybody must be told"
        " again."
    ]

    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:00:00Z\n    edited_at: 2026-11-20T10:45:00Z"))

    assert said(site) == []


def test_components_in_another_order_say_the_same(tmp_path):
    both = OPEN.replace("{api: degraded_performance}", "{api: degraded_performance, web: partial_outage}")
    site = repository(tmp_path, {"incidents/2026/open.yml": both})
    change(
        site,
        "incidents/2026/open.yml",
        ("{api: degraded_performance, web: partial_outage}", "{web: partial_outage, api: degraded_performance}"),
    )

    assert said(site) == []


def test_a_redaction_excuses_a_text_and_no_state(site):
    redacted = "redacted: {at: 2026-11-20T10:40:00Z, reason: It named a customer.}"
    change(site, "incidents/2026/open.yml", ("body: We look into it.", redacted))
    assert said(site) == []

    change(site, "incidents/2026/open.yml", ("api: degraded_performance", "api: operational"))
    assert ["The published components" in line for line in said(site)] == [True]


def test_a_second_edit_needs_a_second_note(tmp_path):
    edited = OPEN.replace("10:00:00Z\n", "10:00:00Z\n    edited_at: 2026-11-20T10:20:00Z\n")
    site = repository(tmp_path, {"incidents/2026/open.yml": edited})
    change(site, "incidents/2026/open.yml", ("look into", "looked into"))

    assert said(site)[0].endswith(
        "Write edited_at: 2026-11-20T10:45:00Z in place of 2026-11-20T10:20:00Z, and was: with the words that were"
        " published."
    )


def test_a_translation_that_changes_is_an_edit_and_one_that_comes_is_not(site):
    spanish = '    translations: {es: {body: "Lo miramos."}}\n'
    site.write("incidents/2026/open.yml", OPEN + spanish)
    assert said(site) == []

    commit(site)
    site.write("incidents/2026/open.yml", OPEN + spanish.replace("miramos", "estudiamos"))

    assert said(site)[0].startswith("incidents/2026/open.yml:8:31: updates[0].translations.es.body: The published text")


def test_a_text_that_is_only_broken_into_lines_elsewhere_is_not_edited(site):
    change(site, "incidents/2026/open.yml", ("body: We look into it.", "body: |\n      We look\n      into it."))

    assert said(site) == []


def test_a_withdrawn_text_needs_no_other_note(site):
    withdrawn = 'We look into it.\n    withdrawn: {at: 2026-11-20T10:40:00Z, reason: "Wrong page."}'
    change(site, "incidents/2026/open.yml", ("We look into it.", withdrawn.replace("look", "looked")))

    assert said(site) == []


def test_a_renamed_record_keeps_its_old_name(site):
    (site.root / "incidents/2026/open.yml").rename(site.root / "incidents/api-slow.yml")

    assert said(site) == [
        "incidents/api-slow.yml:1:1: formerly: This was published as open, and its address and its ids would be lost."
        " Write formerly: [open]."
    ]

    site.write("incidents/api-slow.yml", f"formerly: [open]\n{OPEN}")
    assert said(site) == []

    change(site, "incidents/api-slow.yml", ("10:00:00Z", "10:02:00Z"))
    assert said(site)[0].endswith("Write id: 20261120t100000z on it."), "also under the new name"


def test_a_former_name_is_not_dropped(tmp_path):
    site = repository(tmp_path, {"incidents/2026/open.yml": f"formerly: [older, oldest]\n{OPEN}"})
    site.write("incidents/2026/open.yml", f"formerly: [older]\n{OPEN}")

    assert said(site) == [
        "incidents/2026/open.yml:1:11: formerly: The address of oldest leads here, and would no longer."
        " Write formerly: [older, oldest]."
    ]


def test_a_record_in_another_folder_is_the_same_record(site):
    (site.root / "incidents/2026/open.yml").rename(site.root / "incidents/open.yml")

    assert said(site) == []


def test_a_record_that_is_gone_is_asked_back(site):
    (site.root / "incidents/2026/closed.yml").unlink()

    assert said(site) == [
        "incidents/2026/closed.yml:1:1: The record closed is published, and its file is gone."
        " Bring it back with git checkout HEAD -- incidents/2026/closed.yml; withdrawn: takes an update's words back."
    ]


def test_a_record_that_was_never_public_may_go(tmp_path):
    site = repository(tmp_path, {"incidents/soon.yml": OPEN.replace("2026-11-20", "2026-12-20")})
    (site.root / "incidents/soon.yml").unlink()

    assert said(site) == []


def test_a_window_moves_by_an_update_and_not_in_place(tmp_path):
    site = repository(tmp_path, {"incidents/disks.yml": WINDOW})
    change(
        site,
        "incidents/disks.yml",
        ("2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z"),
        ("2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z"),
    )

    assert said(site) == [
        "incidents/disks.yml:4:10: scheduled.start: The window was published as 2026-11-22T10:00:00Z to"
        " 2026-11-22T12:00:00Z, and was changed in place. Write start: 2026-11-22T10:00:00Z and"
        " end: 2026-11-22T12:00:00Z again, and an update with"
        " scheduled: {start: 2026-11-23T10:00:00Z, end: 2026-11-23T12:00:00Z}."
    ]

    site.write(
        "incidents/disks.yml",
        f"{WINDOW}  - at: 2026-11-20T10:30:00Z\n    status: scheduled\n    body: A day later.\n"
        "    scheduled: {start: 2026-11-23T10:00:00Z, end: 2026-11-23T12:00:00Z}\n",
    )
    assert said(site) == []


def test_a_series_may_grow_and_loses_no_window_in_silence(tmp_path):
    site = repository(tmp_path, {"incidents/disks.yml": SERIES})
    change(site, "incidents/disks.yml", ("COUNT=8", "COUNT=9"))
    assert said(site) == []

    site.write("incidents/disks.yml", SERIES.replace("COUNT=8", "COUNT=8\n  except: [2026-12-06T10:00:00Z]"))
    assert said(site) == [
        "incidents/disks.yml:7:11: scheduled.except: The window that begins at 2026-12-06T10:00:00Z was published, and"
        " is gone. Write the series as it was, and an update with occurrence: 2026-12-06T10:00:00Z and"
        " status: cancelled, or scheduled: with its new start and end."
    ]

    site.write("incidents/disks.yml", SERIES.replace("12:00:00Z\n", "13:00:00Z\n", 1))
    assert said(site) == [
        "incidents/disks.yml:5:8: scheduled.end: The windows were published as ending at 2026-11-22T12:00:00Z for the"
        " first, and were changed in place. Write end: 2026-11-22T12:00:00Z again, and an update with occurrence: and"
        " scheduled: for each window that changes."
    ]


def test_codes_that_clients_know_stay(tmp_path):
    code, other = "0qbwn08sd68x", "1qbwn08sd68x"
    site = repository(
        tmp_path,
        {
            "incidents/2026/open.yml": f"code: {code}\n{OPEN}",
            "components/web.yml": f"name: Web\ncode: {other}\n",
            "components/_groups.yml": "- {id: core, name: Core, code: 2qbwn08sd68x}\n",
        },
    )
    site.write("incidents/2026/open.yml", f"code: 3qbwn08sd68x\n{OPEN}")
    site.write("components/web.yml", "name: Web\n")
    site.write("components/api.yml", f"{RECORDS['components/api.yml']}code: 4qbwn08sd68x\n")
    site.write("components/_groups.yml", "- {id: core, name: Core}\n")

    assert said(site) == [
        "components/_groups.yml:1:3: [0].code: The API code 2qbwn08sd68x was published, and clients know it."
        " Write code: 2qbwn08sd68x.",
        "components/api.yml:5:7: code: With the code 4qbwn08sd68x clients of the API would see something new."
        " Leave code out: the published one is made from the id.",
        f"components/web.yml:1:1: code: The API code {other} was published, and clients know it. Write code: {other}.",
        f"incidents/2026/open.yml:1:7: code: The API code {code} was published, and clients know it."
        f" Write code: {code}.",
    ]


def test_a_record_that_cannot_be_read_here_is_told_by_its_own_faults_alone(site):
    site.write("incidents/2026/open.yml", OPEN.replace("investigating", "wip"))
    site.write("incidents/2026/closed.yml", "a: [\n")

    assert said(site) == []


def test_a_record_that_was_broken_at_the_base_is_compared_as_far_as_it_goes(tmp_path):
    broken = CLOSED.replace("status: investigating", "status: wip")
    site = repository(tmp_path, {"incidents/2026/closed.yml": broken})
    change(site, "incidents/2026/closed.yml", ("01:10:00Z", "01:11:00Z"), ("wip", "investigating"))

    assert [line.partition(" Write ")[2] for line in said(site)] == ["id: 20261119t011000z on it."]


def test_everything_is_compared_with_the_commit_that_is_named(site):
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    commit(site)

    assert said(site, "HEAD") == []
    assert len(said(site, "HEAD~1")) == len(said(site, "main~1")) == 1


def test_a_branch_that_is_behind_hears_that_it_may_merge(site):
    site.git("branch", "topic")
    site.write(
        "incidents/2026/open.yml", f"{OPEN}  - at: 2026-11-20T10:40:00Z\n    status: monitoring\n    body: Better.\n"
    )
    commit(site)
    site.git("checkout", "--quiet", "topic")

    (line,) = said(site, "main")

    assert line.endswith("on it. Or merge main first: it has commits that are not here.")


def test_a_page_in_a_folder_of_a_larger_repository(tmp_path):
    site = Site.make(tmp_path / "big repository/status [page]", RECORDS)
    subprocess.run(["git", "init", "--quiet", site.root.parent], check=True)
    commit(site)
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))

    assert [line.partition(":")[0] for line in said(site)] == ["incidents/2026/open.yml"]


@pytest.mark.parametrize(
    "name", ["incidents/A b.yml", 'incidents/"q".yml', "incidents/ä.yml", "incidents/a\nb.yml", "incidents/-x.yml"]
)
def test_files_with_odd_names_stand_in_nobodys_way(name, tmp_path):
    site = repository(tmp_path, {name: OPEN})
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    (site.root / name).unlink()

    assert len(said(site)) == 1


def test_settings_of_the_user_change_nothing(site):
    for key, value in {
        "diff.noprefix": "true",
        "diff.external": "false",
        "status.relativePaths": "false",
        "color.ui": "always",
    }.items():
        site.git("config", key, value)
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))

    assert len(said(site)) == 1


def test_drafts_beside_the_records_are_not_compared(tmp_path):
    site = repository(tmp_path, {"incidents/_drafts/x.yml": OPEN})
    (site.root / "incidents/_drafts/x.yml").unlink()

    assert said(site) == []


def test_a_name_that_git_does_not_know(site):
    with pytest.raises(StillupError) as error:
        said(site, "--output=x")

    assert str(error.value) == "Git knows no commit called --output=x. Name a branch, a tag or a commit that is here."


def test_a_shallow_clone_says_how_to_get_the_rest(site, tmp_path_factory):
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    commit(site)
    first = subprocess.run(
        ["git", "-C", site.root, "rev-parse", "HEAD~1"], capture_output=True, text=True, check=True
    ).stdout.strip()
    clone = tmp_path_factory.mktemp("clone") / "page"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{site.root}", clone], check=True)

    with pytest.raises(StillupError, match=r"This clone is shallow: fetch the rest with git fetch --unshallow"):
        said(Site(clone), first)

    subprocess.run(["git", "-C", clone, "fetch", "--quiet", "--depth=2"], check=True)
    assert len(said(Site(clone), first)) == 1


def test_before_the_first_commit(tmp_path):
    site = Site.make(tmp_path)
    subprocess.run(["git", "init", "--quiet", site.root], check=True)

    with pytest.raises(StillupError, match=r"^There is no commit yet\. Begin with git add \. and git commit\.$"):
        said(site)


def test_without_a_repository(tmp_path):
    site = Site.make(tmp_path)

    with pytest.raises(StillupError, match=r"^--base needs a git repository at .*not a git repository"):
        said(site)


def test_without_git(site):
    done = stillup("check", "--root", site.root, "--at", "2026-11-20T10:45:00Z", "--base", "HEAD", PATH="/nowhere")

    assert (done.returncode, done.stderr) == (1, "--base needs git, which is not installed.\n")


def test_all_that_is_wrong_comes_out_of_one_run(site):
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    site.write("incidents/2026/closed.yml", CLOSED.replace("resolved", "resolvd"))

    with pytest.raises(RecordError) as error:
        pipeline.check(site.root, at=AT, base="HEAD")

    assert [(p.file, p.code) for p in error.value.problems] == [
        ("incidents/2026/closed.yml", "word"),
        ("incidents/2026/open.yml", "moved"),
    ]


def test_the_command_fails_for_what_changes_in_silence_only_with_a_base(site):
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    words = ("check", "--root", site.root, "--at", "2026-11-20T10:45:00Z")

    assert stillup(*words).returncode == 0
    done = stillup(*words, "--base", "main")

    assert done.returncode == 1
    assert done.stderr.endswith("Write id: 20261120t100000z on it.\n1 error. Nothing was changed.\n")
