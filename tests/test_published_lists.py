"""Few of a thousand finished texts change: they are put in their places, or the list is drawn anew."""

from hypothesis import given
from hypothesis import strategies as st

from stillup import portion
from stillup.pipeline.tree.splice import Splice, respliced

BODY = '{"incidents":[{"id":"b","n":1},{"id":"a","n":1}]}'


def changed(*pairs: tuple[str, str]) -> Splice:
    splice = Splice()
    for old, new in pairs:
        splice.replace(old, new)
    return splice


def test_a_new_text_stands_where_the_old_one_stood():
    splice = changed(('{"id":"a","n":1}', '{"id":"a","n":2}'))

    assert splice.applied([BODY]) == ['{"incidents":[{"id":"b","n":1},{"id":"a","n":2}]}']


def test_what_came_went_or_moved_is_not_guessed():
    for splice in (changed(("", '{"id":"c"}')), changed(('{"id":"a","n":1}', ""))):
        assert splice.applied([BODY]) is None

    moved = changed(('{"id":"a","n":1}', '{"id":"a","n":2}'))
    moved.move()
    assert moved.applied([BODY]) is None


def test_a_text_that_does_not_stand_there_exactly_once_is_not_guessed():
    assert changed(('{"id":"z"}', '{"id":"z","n":2}')).applied([BODY]) is None
    assert changed(('"n":1', '"n":2')).applied([BODY]) is None


def test_a_list_in_several_files_changes_where_the_text_stands():
    parts = ['{"incidents":[{"id":"a","n":1}]}', '{"incidents":[{"id":"b","n":1}]}']

    assert changed(('{"id":"b","n":1}', '{"id":"b","n":2}')).applied(parts) == [
        parts[0],
        '{"incidents":[{"id":"b","n":2}]}',
    ]
    assert changed(('"n":1', '"n":2')).applied(parts) is None


def test_a_file_that_is_not_as_it_was_published_is_drawn():
    assert respliced(["list.json"], Splice(), lambda _: None, "application/json") is None
    assert respliced([], Splice(), lambda _: BODY.encode(), "application/json") is None

    kept = respliced(["list.json"], Splice(), lambda _: BODY.encode(), "application/json")
    assert kept is not None
    assert [(each.path, each.body) for each in kept] == [("list.json", BODY.encode())]


@given(st.integers(0, 2_000), st.integers(1, 300))
def test_parts_are_full_and_what_is_newest_stands_in_none(count: int, size: int):
    parts, head = portion.cut(range(count), size)

    assert [number for part in parts for number in part] + [*head] == [*range(count)]
    assert all(len(part) == size for part in parts)
    assert len(head) <= size + size // 2
    assert not parts or len(head) >= size // 2


@given(st.integers(0, 2_000), st.integers(1, 300))
def test_a_full_part_stays_when_something_is_added(count: int, size: int):
    before, _ = portion.cut(range(count), size)
    after, _ = portion.cut(range(count + 1), size)

    assert after[: len(before)] == before
