"""`check --base`: what was published does not change in silence, and every problem says what to write."""

from datetime import UTC, datetime

import pytest

from stillup import pipeline
from stillup.errors import RecordError
from tests.end_to_end.based import AT, CLOSED, OPEN, SERIES, WINDOW, change, repository, said
from tests.end_to_end.page import RECORDS
from tests.tools import stillup

pytestmark = pytest.mark.needs("git")


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
