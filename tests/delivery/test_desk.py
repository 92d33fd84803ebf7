"""The thread that records and people belong to, and those that ask it."""

import threading

import pytest

from stillup.pipeline.sending.desk import Closed, Desk


def test_what_is_asked_runs_in_the_thread_of_the_desk():
    desk, seen = Desk(), []

    def task() -> None:
        seen.append(desk.ask(threading.get_ident))
        seen.extend(desk.fetch(lambda: iter([threading.get_ident()] * 1200)))

    desk.attend([task] * 3)

    assert seen == [threading.get_ident()] * 3 * 1201


def test_what_fails_at_the_desk_fails_where_it_was_asked_for():
    desk, seen = Desk(), []

    def task() -> None:
        with pytest.raises(ZeroDivisionError):
            desk.ask(lambda: 1 // 0)
        seen.append("went on")

    desk.attend([task])

    assert seen == ["went on"]


def test_a_task_that_fails_is_told_once_all_have_ended():
    desk, seen = Desk(), []

    def fails() -> None:
        raise ValueError("no")

    def works() -> None:
        seen.append(desk.ask(str, 1))

    with pytest.raises(ValueError, match="no"):
        desk.attend([fails, works])

    assert seen == ["1"]


def test_an_interruption_leaves_nobody_waiting():
    """As Ctrl-C does, which reaches the thread of the desk."""
    desk, ended = Desk(), []

    def interrupt() -> None:
        desk._asked.put((_interrupted, lambda error: None))

    def asks() -> None:
        try:
            while True:
                desk.ask(str, 1)
        except Closed:
            ended.append("closed")
            raise

    with pytest.raises(KeyboardInterrupt):
        desk.attend([interrupt, asks, asks])

    assert ended == ["closed", "closed"]


def _interrupted() -> None:
    raise KeyboardInterrupt
