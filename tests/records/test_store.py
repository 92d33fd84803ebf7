"""The repository as a whole: which files are records, the order of the page, names taken twice."""

import os

import pytest

from stillup.errors import RecordError
from stillup.records import identity, store
from stillup.records.identity import Identity
from tests.records.build import COMPONENTS, OPENED, RESOLVED, incident_text, write

SOUND = incident_text(updates=OPENED + RESOLVED)
SITE = "site_name: Status\nplugins: [stillup]\n"


def stray(root) -> list[str]:
    return [str(problem) for problem in store.files(root)[1]]


def faults(root) -> list[str]:
    with pytest.raises(RecordError) as error:
        store.load(root)
    return str(error.value).splitlines()


def test_records_are_found_at_any_depth_by_path(tmp_path):
    write(
        tmp_path,
        {
            "incidents/2026/b.yml": SOUND,
            "incidents/2026/b/updates/20261120t101200z-0001.yml": "",
            "incidents/2026/b/updates/20261120t101200z-0000.yml": "",
            "incidents/a.yml": SOUND,
            "incidents/_drafts/c.yml": SOUND,
            "incidents/_d.yml": SOUND,
            "incidents/2026/_templates/e/f.yml": SOUND,
            "incidents/.gitkeep": "",
        },
    )

    found, problems = store.files(tmp_path)

    assert problems == ()
    assert [(file.id, file.path, file.updates) for file in found] == [
        (
            "b",
            "incidents/2026/b.yml",
            (
                "incidents/2026/b/updates/20261120t101200z-0000.yml",
                "incidents/2026/b/updates/20261120t101200z-0001.yml",
            ),
        ),
        ("a", "incidents/a.yml", ()),
    ]


def test_a_repository_without_records_is_empty(tmp_path):
    assert store.files(tmp_path) == ((), ())
    assert store.components(tmp_path) == (store.Components(), ())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.yaml", "Records end with .yml. Rename it a.yml."),
        ("note.md", "This file is not a record. Move it out of this folder, or begin its name with _."),
        (
            "Api Down.yml",
            "The name cannot be an id: small letters, digits and dashes, at most 100. Rename it api-down.yml.",
        ),
        ("-a.yml", "The name cannot be an id: small letters, digits and dashes, at most 100. Rename it a.yml."),
        (
            "index.yml",
            "The id index is a place of the page itself. Rename the file, for example with its day in front.",
        ),
        (
            "0qbwn08sd68x.yml",
            "The id 0qbwn08sd68x looks like an API code. Rename the file, for example with its day in front.",
        ),
        ("b/updates/20261120t101200z-0000.yml", None),
    ],
)
def test_what_cannot_be_a_record_says_what_to_do(tmp_path, name, said):
    write(tmp_path, {f"incidents/{name}": SOUND})

    if said is None:
        name = "b/updates"
        said = "These updates have no incident beside their folder. Write incidents/b.yml, or move the files."
    assert stray(tmp_path) == [f"incidents/{name}:1:1: {said}"]


@pytest.mark.parametrize(
    "name", ["20261120t101200z.yml", "20261120T101200Z-0000.yml", "20261120t101200z-GGGG.yml", "1.yml"]
)
def test_an_update_file_is_named_by_its_time(tmp_path, name):
    write(tmp_path, {"incidents/a.yml": SOUND, f"incidents/a/updates/{name}": ""})

    assert stray(tmp_path) == [
        f"incidents/a/updates/{name}:1:1: The name of an update file is its instant and four hexadecimal digits. "
        "Rename it like 20261120t101200z-1a2b.yml."
    ]


def test_an_id_is_taken_once_over_all_folders(tmp_path):
    write(tmp_path, {"incidents/2025/a.yml": SOUND, "incidents/2026/a.yml": SOUND})

    assert stray(tmp_path) == [
        "incidents/2026/a.yml:1:1: The id a is also that of incidents/2025/a.yml. Rename one of the two."
    ]


def test_links_stay_in_the_repository(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(outside, {"secret.yml": SOUND})
    write(root, {"incidents/a.yml": SOUND})
    os.symlink(outside / "secret.yml", root / "incidents/b.yml")
    os.symlink(root / "incidents", root / "incidents/c")
    os.symlink(root / "nothing", root / "incidents/d.yml")
    os.symlink(root / "incidents/a.yml", root / "incidents/e.yml")

    found, problems = store.files(root)

    assert [file.id for file in found] == ["a", "e"]
    assert sorted(map(str, problems)) == [
        "incidents/b.yml:1:1: This link leaves the repository. Put the file itself here.",
        "incidents/c:1:1: This link does not lead to a file. Put the folder or file itself here.",
        "incidents/d.yml:1:1: This link does not lead to a file. Put the folder or file itself here.",
    ]


def test_a_linked_folder_of_records_outside_is_refused(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(outside, {"a.yml": SOUND})
    root.mkdir()
    os.symlink(outside, root / "incidents")

    assert stray(root) == [
        "incidents:1:1: The folder is a link that leaves the repository. Put the folder itself here."
    ]


def test_a_name_that_cannot_be_shown_is_shown_all_the_same(tmp_path):
    write(tmp_path, {"incidents/a\n\x1b[0m.yml": SOUND})
    with open(os.fsencode(tmp_path / "incidents") + b"/\xff.yml", "wb"):
        pass

    assert [problem.file for problem in store.files(tmp_path)[1]] == ["incidents/?.yml", "incidents/a??[0m.yml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    write(tmp_path, {"incidents/a.yml": SOUND})
    os.mkfifo(tmp_path / "incidents/b.yml")

    assert stray(tmp_path) == ["incidents/b.yml:1:1: This is not a plain file. Remove it."]


def test_groups_follow_their_list_and_single_components_their_position(tmp_path):
    write(
        tmp_path,
        {
            "components/_groups.yml": "- {id: second-api, collapsed: true}\n- {id: first, name: First}\n",
            "components/a.yml": "name: A\ngroup: first\nposition: 1\n",
            "components/deep/b.yml": "name: B\ngroup: second-api\nposition: 5\n",
            "components/c.yml": "name: C\ngroup: second-api\nposition: 4\n",
            "components/d.yml": "name: D\nposition: 3\n",
            "components/e.yml": "name: E\nposition: 9\n",
        },
    )

    components, problems = store.components(tmp_path)

    assert problems == ()
    assert [component.id for component in components.components] == ["d", "c", "b", "a", "e"]
    assert [(group.id, group.name, group.collapsed) for group in components.groups] == [
        ("second-api", "Second API", True),
        ("first", "First", False),
    ]
    assert [component.id for component in components.members("second-api")] == ["c", "b"]


def test_groups_without_a_list_are_named_by_their_slug_and_stand_by_their_first_member(tmp_path):
    write(
        tmp_path,
        {
            "components/a.yml": "name: A\ngroup: sms-and-dns\nposition: 7\n",
            "components/b.yml": "name: B\ngroup: api-endpoints\nposition: 2\n",
            "components/c.yml": "name: C\ngroup: api-endpoints\nposition: 9\n",
            "components/d.yml": "name: D\nposition: 2\n",
        },
    )

    components, problems = store.components(tmp_path)

    assert problems == ()
    assert [component.id for component in components.components] == ["b", "c", "d", "a"]
    assert [group.name for group in components.groups] == ["API endpoints", "SMS and DNS"]


def test_a_group_that_is_not_on_the_list_is_a_typo(tmp_path):
    write(
        tmp_path,
        {"components/_groups.yml": "- id: api-endpoints\n", "components/a.yml": "name: A\ngroup: api-endpoint\n"},
    )

    assert [str(problem) for problem in store.components(tmp_path)[1]] == [
        'components/a.yml:2:8: group: The group "api-endpoint" is not in components/_groups.yml. '
        "Did you mean api-endpoints?"
    ]


def test_faults_of_the_list_of_groups_do_not_blame_components(tmp_path):
    write(
        tmp_path,
        {
            "components/_groups.yml": "- {id: payments, nmae: Payments}\n- {id: payments}\n- {id: Api}\n",
            "components/a.yml": "name: A\ngroup: api\n",
        },
    )

    assert [str(problem) for problem in store.components(tmp_path)[1]] == [
        'components/_groups.yml:1:18: [0].nmae: "nmae" is not a key of a group. Did you mean name?',
        "components/_groups.yml:2:8: [1].id: The group payments stands here twice. Keep one of the two.",
        'components/_groups.yml:3:8: [2].id: "Api" is not an id. Use small letters, digits and dashes, at most 100.',
    ]


def test_two_components_of_one_name_are_hard_to_tell_apart(tmp_path):
    write(tmp_path, {"components/a.yml": "name: API\ngroup: g\n", "components/b.yml": "name: Api\ngroup: g\n"})

    assert [str(problem) for problem in store.components(tmp_path)[1]] == [
        "components/b.yml:1:7: warning: name: components/a.yml has the same name in the same group. "
        "Write names that customers can tell apart."
    ]


def test_a_broken_component_does_not_make_records_look_broken(tmp_path):
    write(tmp_path, {f"components/{name}": text for name, text in COMPONENTS.items()})
    write(
        tmp_path,
        {
            "mkdocs.yml": SITE,
            "components/stripe.yml": "nmae: Stripe\ngroup: payments\n",
            "incidents/x.yml": incident_text(updates=f"{OPENED}    components: {{stripe: major_outage}}\n"),
        },
    )

    assert faults(tmp_path) == [
        'components/stripe.yml:1:1: nmae: "nmae" is not a key of a component. Did you mean name?'
    ]


def test_everything_is_said_in_one_run_in_file_order(tmp_path):
    write(
        tmp_path,
        {
            "mkdocs.yml": "site_name: Status\nplugins:\n  - stillup: {timezon: UTC}\n",
            "components/a.yml": "name: A\nshow: maybe\n",
            "incidents/b.yml": incident_text("impact: high\n"),
            "incidents/a.yml": incident_text("severity: P9\n"),
            "incidents/c.yaml": "",
            "docs/incidents/x.md": "",
            "docs/runbooks/x.md": "",
        },
    )

    assert [line.split(": ")[0] for line in faults(tmp_path)] == [
        "components/a.yml:2:7",
        "docs/incidents:1:1",
        "docs/runbooks:1:1",
        "incidents/a.yml:2:11",
        "incidents/b.yml:2:9",
        "incidents/c.yaml:1:1",
        "mkdocs.yml:3:15",
    ]


def test_incidents_come_in_the_order_they_began(tmp_path):
    write(
        tmp_path,
        {
            "mkdocs.yml": SITE,
            "incidents/a.yml": SOUND,
            "incidents/b.yml": SOUND.replace("updates:", "started_at: 2026-11-19T10:00:00Z\nupdates:"),
            "incidents/0.yml": SOUND,
        },
    )

    assert [record.id for record in store.load(tmp_path).incidents] == ["b", "0", "a"]


def test_files_that_were_read_are_not_read_again(tmp_path):
    file = store.RecordFile("a", "incidents/a.yml", ("incidents/a/updates/20261120t110000z-0000.yml",))
    texts = (incident_text(), "at: 2026-11-20T11:00:00Z\nstatus: resolved\nbody: It works again.\n")
    read = {path: text.encode() for path, text in zip((file.path, *file.updates), texts, strict=True)}

    record, problems = store.incident(tmp_path, file, store.Components(), instead=read)

    assert problems == ()
    assert record is not None
    assert [update.id for update in record.updates] == ["20261120t101200z", "20261120t110000z"]
    assert not (tmp_path / "incidents").exists()


def test_warnings_come_with_the_records(tmp_path):
    write(tmp_path, {"components/a.yml": "name: A\nstatus: partial_outage\n"})

    warnings = store.load(tmp_path).warnings

    assert [(warning.file, warning.level) for warning in warnings] == [
        ("components/a.yml", "warning"),
        ("mkdocs.yml", "warning"),
    ]


def test_codes_and_former_ids_are_taken_once(tmp_path):
    code = "code: 0qbwn08sd68x\n"
    write(
        tmp_path,
        {
            "mkdocs.yml": f"site_name: Status\nplugins:\n  - stillup:\n      {code}",
            "components/_groups.yml": "- id: g\n  code: 1qbwn08sd68x\n",
            "components/a.yml": f"name: A\ngroup: g\n{code}",
            "incidents/a.yml": f"{code}formerly: [b, old]\n{SOUND}",
            "incidents/b.yml": f"formerly: [old]\n{SOUND}    code: 1qbwn08sd68x\n",
            "incidents/c.yml": f"{SOUND}    code: 2qbwn08sd68x\n",
            "incidents/c/updates/20261120t110000z-0000.yml": (
                "at: 2026-11-20T11:00:00Z\nstatus: resolved\nbody: a\ncode: 2qbwn08sd68x\n"
            ),
        },
    )

    assert faults(tmp_path) == [
        "incidents/a.yml:1:7: code: The code 0qbwn08sd68x is also that of something else in components/a.yml. "
        "Leave one out: it is made from the id then.",
        "incidents/a.yml:2:12: formerly[0]: b is the id of incidents/b.yml now. Leave it out, or rename that file.",
        "incidents/b.yml:1:12: formerly[0]: old is also a former id of incidents/a.yml. Keep one of the two.",
        "incidents/b.yml:10:11: updates[1].code: The code 1qbwn08sd68x is also that of something else in "
        "components/_groups.yml. Leave one out: it is made from the id then.",
        "incidents/c/updates/20261120t110000z-0000.yml:4:7: code: The code 2qbwn08sd68x is also that of something else "
        "in incidents/c.yml. Leave one out: it is made from the id then.",
        "mkdocs.yml:4:13: plugins[0].stillup.code: The code 0qbwn08sd68x is also that of something else in "
        "components/a.yml. Leave one out: it is made from the id then.",
    ]


def test_names_alone_are_enough_to_find_clashes():
    asked = []

    def find(file, key, value):
        asked.append((file, key, value))
        return store.Problem(file=file, line=7, message="")

    names = [Identity(f"incidents/{number}.yml", "incident", str(number)) for number in range(1000)]
    assert identity.clashes(names, find) == ()
    assert asked == []

    clash = Identity("incidents/z.yml", "incident", "z", formerly=("5",))
    assert [problem.line for problem in identity.clashes([*names, clash], find)] == [7]
    assert asked == [("incidents/z.yml", "formerly", "5")]


def test_a_file_nobody_may_read_is_a_problem(tmp_path):
    write(tmp_path, {"incidents/a.yml": SOUND})
    found, _ = store.files(tmp_path)
    (tmp_path / "incidents/a.yml").unlink()

    record, problems = store.incident(tmp_path, found[0], store.Components())

    assert record is None
    assert [str(problem) for problem in problems] == [
        "incidents/a.yml:1:1: The file cannot be read: No such file or directory."
    ]
