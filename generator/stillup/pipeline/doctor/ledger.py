"""The ledger: whether it has begun, with our key, can be written, and can be read by nobody else."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from stillup.delivery.entry import Resend, Settled, read
from stillup.delivery.keyring import SHORTEST, VARIABLE, Keyring
from stillup.delivery.ledger import Ledger, LedgerError
from stillup.delivery.ledger.place import open_ledger
from stillup.delivery.plan import Reason
from stillup.delivery.public import is_public
from stillup.errors import StillupError
from stillup.pipeline.doctor.chart import Chart
from stillup.pipeline.git.repository import Repository
from stillup.records.settings import Settings

_AT = ("ledger",)


_LATELY = timedelta(days=7)
"""For so long it is said what was told to nobody since it came too late."""


def look(
    chart: Chart, root: Path, settings: Settings, environment: Mapping[str, str], at: datetime, *, offline: bool
) -> None:
    """See whether the ledger could take a line, and what came too late to be told in the days before `at`."""
    place = settings.ledger
    if not place:
        if settings.channels.names():
            said = "Channels are set and no ledger is, so nothing is sent."
            fix = "Write ledger: sqlite:.stillup/ledger.sqlite into mkdocs.yml, and run stillup ledger init."
            chart.error("ledger", said, fix, "channels")
        return
    kind, _, rest = place.partition(":")
    if kind != "sqlite" and offline:
        chart.note("offline", f"The ledger {place} was not looked at.", "Run this without --offline.", *_AT)
        return
    if kind == "sqlite" and not (root / rest).is_file():
        said = f"There is no ledger at {rest}."
        fix = "Run stillup ledger init; where it was there before, bring it back, or everybody is told again."
        chart.error("ledger", said, fix, *_AT)
        return
    try:
        _opened(chart, root, place, environment, at)
    except LedgerError as error:
        fix = _MENDED.get(kind, "See that the database is up and that its user may write.")
        chart.error("ledger", str(error), fix, *_AT)
        return
    if kind == "git":
        _readers(chart, root, rest.partition("#")[0])


def _opened(chart: Chart, root: Path, place: str, environment: Mapping[str, str], at: datetime) -> None:
    ledger = open_ledger(place, root)
    try:
        beginning = ledger.beginning()
        ledger.probe()
        if beginning is None:
            fix = "Run stillup ledger init, which says what will never be sent."
            chart.error("ledger", f"The ledger {place} has not begun, so nothing is sent.", fix, *_AT)
            return
        written = environment.get(VARIABLE, "").strip()
        if len(written) >= SHORTEST and Keyring.of(environment).fingerprint != beginning.key:
            said = f"The ledger {place} was begun with another key: everybody would be a stranger, so nothing is sent."
            chart.error("ledger", said, f"Set {VARIABLE} to the key of the beginning.", *_AT)
            return
        waiting = len(ledger.open_intents())
        begun = f"begun {beginning.at:%Y-%m-%d}"
        chart.good(f"The ledger {place} can be written ({begun}; {waiting} batches under way).")
        for event, channels in _late(ledger, at - _LATELY).items():
            said = f"{event} came too late: whoever was not told of it was not told any more."
            fix = f"To tell them, run stillup ledger resend --everybody for {' and '.join(channels)}."
            chart.warning("late", said, fix, "lateness")
    finally:
        ledger.close()


def _late(ledger: Ledger, since: datetime) -> dict[str, list[str]]:
    """Return the events that runs from `since` on found to be too late, each with its keys by channel."""
    found: dict[str, list[str]] = {}
    again = set()
    for line in ledger.lines():
        # Most lines of a long ledger are of neither kind, and are not read.
        if '"late"' not in line.text and '"resend"' not in line.text:
            continue
        entry = read(line.text)
        if isinstance(entry, Resend):
            again.add(f"{entry.event}/{entry.channel}")
        elif isinstance(entry, Settled) and entry.at >= since and Reason.LATE in entry.counts:
            found.setdefault(entry.event, []).append(f"{entry.event}/{entry.channel}")
    left = {event: [key for key in keys if key not in again] for event, keys in found.items()}
    return {event: keys for event, keys in left.items() if keys}


_MENDED = {
    "sqlite": "See that its folder is writable and has room, and that no other program holds the file.",
    "git": "See that the remote answers, and that whoever publishes may push to this ref; "
    "a CI's own token needs contents: write.",
}


def _readers(chart: Chart, root: Path, remote: str) -> None:
    """See whether everybody can read a ledger in git."""
    try:
        public = is_public(Repository(root, "The ledger").remote(remote))
    except StillupError as error:
        chart.note("ledger", str(error), "Run this again where its host can be reached.", *_AT)
        return
    if public:
        said = f"Everybody can read {remote}, and in the ledger how many people were told what, and when."
        chart.warning("ledger", said, "Name a private remote, if that is nobody's business; no address is in it.", *_AT)
