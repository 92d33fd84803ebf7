"""What a run lays into a folder beside files of others."""

from pathlib import Path

from stillup.pipeline.tree.own_files import LIST, replace_all
from tests.end_to_end.page import tree


def seen(folder: Path) -> dict[str, bytes]:
    return {path: body for path, body in tree(folder).items() if path != LIST}


def test_files_of_others_stay_whatever_they_are_called(tmp_path):
    replace_all(tmp_path, {"index.html": b"1", "slow/first.email.eml": b"1", "slow/first.sms.txt": b"1"})
    (tmp_path / "slow/notes.txt").write_bytes(b"mine")
    (tmp_path / "sent/email").mkdir(parents=True)
    (tmp_path / "sent/email/1.eml").write_bytes(b"sent")
    (tmp_path / "empty").mkdir()

    replace_all(tmp_path, {"index.html": b"2", "late/first.email.eml": b"2"})

    assert seen(tmp_path) == {
        "index.html": b"2",
        "late/first.email.eml": b"2",
        "slow/notes.txt": b"mine",
        "sent/email/1.eml": b"sent",
    }
    assert (tmp_path / "empty").is_dir()


def test_what_a_run_laid_goes_with_its_folder_when_it_is_no_more(tmp_path):
    replace_all(tmp_path, {"index.html": b"1", "slow/deep/first.email.eml": b"1"})
    replace_all(tmp_path, {"index.html": b"1"})

    assert seen(tmp_path) == {"index.html": b"1"}
    assert not (tmp_path / "slow").exists()


def test_what_a_killed_run_left_waiting_goes(tmp_path):
    replace_all(tmp_path, {"index.html": b"1"})
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow/first.email.eml.stillup-new").write_bytes(b"half")
    replace_all(tmp_path, {"index.html": b"1"})

    assert seen(tmp_path) == {"index.html": b"1"}


def test_a_folder_that_an_earlier_version_filled_loses_nothing(tmp_path):
    (tmp_path / "old.email.eml").write_bytes(b"old")
    replace_all(tmp_path, {"index.html": b"1"})

    assert seen(tmp_path) == {"index.html": b"1", "old.email.eml": b"old"}


def test_a_list_from_a_stranger_takes_nothing_out_elsewhere(tmp_path):
    outbox, other = tmp_path / "outbox", tmp_path / "other"
    other.mkdir()
    (other / "keys.txt").write_bytes(b"mine")
    replace_all(outbox, {"index.html": b"1"})
    (outbox / "away").symlink_to(other)
    with (outbox / LIST).open("ab") as file:
        file.write(
            f"../other/keys.txt\naway/keys.txt\n{other / 'keys.txt'}\n\n.\n..\nindex.html/x\n\x00\n".encode()
            + b"\xff\n"
        )

    replace_all(outbox, {"index.html": b"1"})

    assert (other / "keys.txt").read_bytes() == b"mine"
    assert (outbox / LIST).read_text(encoding="utf-8") == "index.html\n"
