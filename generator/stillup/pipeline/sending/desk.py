"""One thread that others ask: the index of records and the store of people each belong to the thread that opened them.

Channels send side by side; what they need of records and people is fetched for them by the thread that runs the desk.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Event
from typing import ParamSpec, TypeVar

_Words = ParamSpec("_Words")
_Found = TypeVar("_Found")

_Asked = tuple[Callable[[], None], Callable[[BaseException], None]]
"""What to run for somebody, and how to tell them that nobody will."""

_MANY = 500
"""How many of a long list are fetched at a time."""


class Closed(Exception):
    """The desk is left: whoever asks gets no answer any more."""


class Desk:
    """Runs what others ask for, one after the other, in the thread that calls `attend`."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._closed = Event()

    def ask(self, call: Callable[_Words, _Found], *words: _Words.args, **named: _Words.kwargs) -> _Found:
        """Have `call` run at the desk, and return or raise what it does.

        Raises:
            Closed: nobody is at the desk any more.
        """
        answer: Future[_Found] = Future()

        def run() -> None:
            try:
                answer.set_result(call(*words, **named))
            except BaseException as error:  # It is raised where it was asked for.
                answer.set_exception(error)

        if self._closed.is_set():
            raise Closed
        self._asked.put((run, answer.set_exception))
        if self._closed.is_set():
            self._refuse()  # It was closed between the two.
        return answer.result()

    def fetch(self, call: Callable[[], Iterator[_Found]]) -> Iterator[_Found]:
        """Yield what the iterator of `call` yields, made and moved on at the desk."""
        coming = self.ask(call)
        while some := self.ask(lambda: list(islice(coming, _MANY))):
            yield from some

    def attend(self, tasks: Sequence[Callable[[], None]]) -> None:
        """Run `tasks` side by side in threads of their own, and the desk here, until all are done.

        Raises:
            BaseException: what the first of them that failed raised, once all have ended; or what ended the desk,
                such as an interruption from the keyboard: then none of them gets an answer any more.
        """
        if not tasks:
            return
        with ThreadPoolExecutor(max_workers=len(tasks)) as workers:
            futures = [workers.submit(task) for task in tasks]
            for future in futures:
                future.add_done_callback(lambda _: self._asked.put(None))
            try:
                while not all(future.done() for future in futures):
                    asked = self._asked.get()
                    if asked is not None:
                        asked[0]()
            except BaseException:
                self._closed.set()
                self._refuse()
                raise
        for future in futures:
            future.result()

    def _refuse(self) -> None:
        """Answer nobody who waits."""
        while not self._asked.empty():
            try:
                asked = self._asked.get_nowait()
            except Empty:
                return
            if asked is not None:
                asked[1](Closed())
