"""Few of a thousand finished texts change: they are put in their places, or the list is drawn anew."""

from stillup.pipeline.splice import Splice, respliced

BODY = '{"incidents":[{"id":"b","n":1},{"id":"a","n":1}]}'


def changed(*pairs: tuple[str, str]) -> Splice:
    splice = Splice()
    for old, new in pairs:
        splice.replace(old, new)
    return splice


def test_a_new_text_stands_where_the_old_one_stood():
    splice = changed(('{"id":"a","n":1}', '{"id":"a","n":2}'))

    assert splice.applied(BODY) == '{"incidents":[{"id":"b","n":1},{"id":"a","n":2}]}'


def test_what_came_went_or_moved_is_not_guessed():
    for splice in (changed(("", '{"id":"c"}')), changed(('{"id":"a","n":1}', ""))):
        assert splice.applied(BODY) is None

    moved = changed(('{"id":"a","n":1}', '{"id":"a","n":2}'))
    moved.move()
    assert moved.applied(BODY) is None


def test_a_text_that_does_not_stand_there_exactly_once_is_not_guessed():
    assert changed(('{"id":"z"}', '{"id":"z","n":2}')).applied(BODY) is None
    assert changed(('"n":1', '"n":2')).applied(BODY) is None


def test_a_file_that_is_not_as_it_was_published_is_drawn():
    assert respliced("list.json", Splice(), lambda _: None, "application/json") is None

    kept = respliced("list.json", Splice(), lambda _: BODY.encode(), "application/json")
    assert kept is not None
    assert (kept.path, kept.body) == ("list.json", BODY.encode())
