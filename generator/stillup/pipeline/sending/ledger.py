"""The ledger as people deal with it: begun on purpose, looked at, proved whole, and told to send something again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stillup.delivery.audit import Account, Contents, contents, faults
from stillup.delivery.entry import Beginning, Resend
from stillup.delivery.event_log.place import is_logged
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger import Ledger
from stillup.delivery.ledger.place import open_ledger
from stillup.delivery.plan import Lateness
from stillup.delivery.public import is_public
from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.messages.event import Event
from stillup.pipeline.building.build import work_folder
from stillup.pipeline.building.run import Run
from stillup.pipeline.git.repository import Repository
from stillup.pipeline.sending.event_append import append
from stillup.pipeline.sending.told import events, horizon, newest
from stillup.pipeline.sending.writer import Insight
from stillup.records import configuration
from stillup.records.settings import Settings
from stillup.records.story import FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a new ledger will and will not send."""

    place: str
    at: datetime
    never: int
    """Messages of open incidents and of the last days that are never sent; older ones neither."""

    send: tuple[Event, ...]
    """What is owed although it was published before: the newest update of each open incident, where people said so."""

    late: tuple[Event, ...]
    """Those that people wanted sent as well, and that are too late for it by the settings."""

    left: tuple[str, ...]
    """Open incidents and maintenances of which nothing published so far is sent."""


def begin(
    root: Path,
    *,
    at: datetime,
    live: bool,
    environment: Mapping[str, str],
    send_open: bool = False,
    public: bool = False,
    dry_run: bool = False,
) -> Begun:
    """Begin the ledger of the page at `root`: what is public at `at` is never sent, nor what is too late then.

    `send_open`: but the newest update of each open incident is. `public`: although everybody can read the remote.

    Raises:
        RecordError: a record is unusable.
        StillupError: there is no setting, no key, the ledger has begun, or everybody could read it.
    """
    site, work = work_folder(root)
    with Run(root, at=at, site_dir=site, work=work, live=live) as run:
        settings = run.edition.settings
        place = _place(settings)
        keyring = Keyring.of(environment)
        if not live and not dry_run:
            raise StillupError("A ledger begins now. Add --dry-run to see what it would mean, or leave out --at.")
        _refuse_public(root, place, public)
        ledger = open_ledger(place, root)
        try:
            run.read()
            longest = max(settings.lateness.update, settings.lateness.resolution)
            since = horizon(at, None, None, longest)
            found = events(run, Insight(run), since)
            open_ = tuple(story.id for story in run.index.lately(FOREVER) if story.open)
            send = tuple(newest(run, open_)) if send_open else ()
            known = tuple(sorted({event.key for event in found} - {event.key for event in send}))
            if not dry_run:
                keys = tuple(event.key for event in send)
                ledger.begin(Beginning(at=at, key=keyring.fingerprint, send=keys, known=known, since=since))
                if is_logged(place):
                    append(run)
            elif ledger.beginning() is not None:
                raise StillupError(f"The ledger {place} has begun already. `stillup ledger show` says when.")
        finally:
            ledger.close()
    never = len({event.key for event in found} - {event.key for event in send})
    limits = Lateness(update=settings.lateness.update, resolution=settings.lateness.resolution)
    late = tuple(event for event in send if limits.is_late(event.at, event.closing, at))
    return Begun(
        place=place,
        at=at,
        never=never,
        send=tuple(event for event in send if event not in late),
        late=late,
        left=() if send_open else open_,
    )


def seen(root: Path, settings: Settings) -> Ledger | None:
    """Return the ledger, to be closed by who asks; None where none is set, or its file is not there.

    Nothing is made by asking.

    Raises:
        LedgerError: it cannot be opened.
    """
    kind, _, file = settings.ledger.partition(":")
    if not settings.ledger or (kind == "sqlite" and not (root / file).is_file()):
        return None
    return open_ledger(settings.ledger, root)


def show(root: Path) -> Contents:
    """Return what the ledger of the page at `root` holds.

    Raises:
        StillupError: there is none, or it cannot be read.
    """
    ledger = _opened(root)
    try:
        return contents(ledger)
    finally:
        ledger.close()


def verify(root: Path) -> tuple[Contents, tuple[str, ...]]:
    """Return what the ledger holds, and where it is not whole.

    Raises:
        StillupError: there is none, or it cannot be read at all.
    """
    ledger = _opened(root)
    try:
        wrong = tuple(faults(ledger))
        nothing = Contents(place=ledger.place, lines=0, head="", beginning=None, accounts=())
        return nothing if wrong else contents(ledger), wrong
    finally:
        ledger.close()


def resend(
    root: Path, key: str, *, at: datetime, accepted: bool = False, everybody: bool = False
) -> tuple[Account, int]:
    """Have the next `deliver` send `key` again to whom it did not reach; return how many those are.

    `accepted`: also to those who have it. `everybody`: also to those to whom it was never sent, since it was too late
    for them; they are not counted, and what they want still counts.

    `key` is `<event>/<channel>`, or that with a recipient's 32 digits behind it, as `stillup ledger show` prints them.

    Raises:
        StillupError: the ledger knows no such key, or nobody is left to whom it could be sent again.
    """
    ledger = _opened(root)
    try:
        if ledger.beginning() is None:
            raise StillupError(f"The ledger {ledger.place} has not begun. Run stillup ledger init.")
        account, recipient = _named(contents(ledger), key)
        again = Resend(
            event=account.event,
            channel=account.channel,
            at=at,
            recipient=recipient,
            accepted=accepted,
            everybody=everybody,
        )
        count = sum(
            account.counts[word] for word in ("refused", "unknown", "suppressed", *(("accepted",) if accepted else ()))
        )
        if not count and not everybody:
            raise StillupError(
                f"{key} was refused by nobody, and of nobody it is unknown. Add --accepted for those who have it, "
                "--everybody for those to whom it was never sent."
            )
        ledger.record([again])
        return account, 1 if recipient else count
    finally:
        ledger.close()


def _named(held: Contents, key: str) -> tuple[Account, str]:
    for account in held.accounts:
        name = f"{account.event}/{account.channel}"
        if key == name:
            return account, ""
        recipient = key.removeprefix(f"{name}/")
        if recipient != key and len(recipient) == 32 and not set(recipient) - set("0123456789abcdef"):
            return account, recipient
    raise StillupError(f"The ledger knows nothing of {key}. `stillup ledger show` prints the keys it knows.")


def _opened(root: Path) -> Ledger:
    settings, problems = configuration.settings(root)
    if not settings.ledger and (wrong := [each for each in problems if _hides_it(each)]):
        raise RecordError(wrong)
    return open_ledger(_place(settings), root)


def _hides_it(problem: Problem) -> bool:
    """Whether a problem of the settings is why no ledger is known; other mistakes stop nobody who looks into one."""
    return problem.level is Level.ERROR and (not problem.field or problem.field.endswith(".ledger"))


def _place(settings: Settings) -> str:
    if not settings.ledger:
        raise StillupError("No ledger is set. Write ledger: sqlite:.stillup/ledger.sqlite into mkdocs.yml.")
    return settings.ledger


def _refuse_public(root: Path, place: str, public: bool) -> None:
    """See that a ledger in a git remote is not readable by everybody, unless people said that it may be."""
    kind, _, rest = place.partition(":")
    if kind != "git" or public:
        return
    remote = rest.partition("#")[0]
    if is_public(Repository(root, "A ledger in git").remote(remote)):
        raise StillupError(
            f"Everybody can read {remote}, and in the ledger they would see how many people were told what, and when; "
            "no address is in it. Name a private remote, or add --public."
        )
