"""A line on the terminal that counts messages as they come to an end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from stillup.delivery.pace import Progress
from stillup.delivery.vigil import Tell


@contextmanager
def shown() -> Iterator[tuple[Progress, Tell]]:
    """Show the counts on stderr until the block ends, and behind them whoever keeps us waiting."""
    counts: Counter[str] = Counter()
    lock = Lock()
    with Status("Planning ...", console=Console(stderr=True)) as status:

        def told(channel: str, outcome: str, count: int) -> None:
            with lock:
                counts[f"{channel} {outcome}"] += count
                status.update(", ".join(counted()))

        def slow(channel: str, text: str) -> None:
            with lock:
                status.update(Text(", ".join([*counted(), f"{channel}: {text}"])))

        def counted() -> list[str]:
            return [f"{number} {name}" for name, number in sorted(counts.items())]

        yield told, slow


_COLOURS = {"ACCEPTED": "green", "FAILED": "bold red", "UNKNOWN": "bold yellow"}


def drawn(rows: Sequence[tuple[str, ...]], whys: Sequence[str]) -> None:
    """Print the account of a run: a row a channel, and below it a line for each reason. Only what is not 0 stands out.

    `rows` begin with the heads.
    """
    console = Console()
    heads, *counted = rows
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        shown.add_column(head, justify="left" if head == heads[0] else "right")
    for row in counted:
        styled = [Text(row[0])]
        for head, cell in zip(heads[1:], row[1:], strict=True):
            styled.append(Text(cell, style=_COLOURS.get(head, "") if cell != "0" else "dim"))
        shown.add_row(*styled)
    console.print(shown)
    for why in whys:
        console.print(Text(why), soft_wrap=True)
