"""A line on the terminal that counts messages as they come to an end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.status import Status

from stillup.delivery.pace import Progress


@contextmanager
def shown() -> Iterator[Progress]:
    """Show the counts on stderr until the block ends."""
    counts: Counter[str] = Counter()
    lock = Lock()
    with Status("Planning ...", console=Console(stderr=True)) as status:

        def told(channel: str, outcome: str, count: int) -> None:
            with lock:
                counts[f"{channel} {outcome}"] += count
                status.update(", ".join(f"{number} {name}" for name, number in sorted(counts.items())))

        yield told
