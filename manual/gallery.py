"""Builds the style gallery beside the manual: a hook of MkDocs, run by `make manual`.

`manual/gallery/` is a page with every state once. It is published as any other, so each sample is made by the
templates that readers meet, and none is a copy.
"""

import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from stillup import catalogue
from stillup.messages.invitation import Invitation, invitation
from stillup.pipeline.publishing.release import publish
from stillup.pipeline.serving.reception import Reception
from stillup.pipeline.serving.serving import Bench, open_bench
from stillup.site.page import TEMPLATES
from stillup.subscribers.subscription import Reach, Subscription
from stillup.subscribers.token import VARIABLE
from stillup.subscribers.wish import Wish
from stillup.views.edition import IMPACT_KEYS, KEYS
from stillup.vocabulary import IMPACT_OF, SEVERITY_OF, STATUSES_OF, ComponentStatus, Kind

RECORDS = Path(__file__).parent / "gallery"
AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
_NOTES = ("sent", "left", "dead", "busy", "failed")
_READER = Subscription(
    id="q7wd5m2kx9tb",
    channel="email",
    address="reader@example.com",
    key="reader@example.com",
    reach=Reach(components="group:each-state", impact="major", incident="impact-critical"),
    language="en",
    timezone="Europe/Berlin",
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the samples to the manual's files, so that each link to one is checked, and the mark of the page."""
    files.append(
        File.generated(config, "assets/mark.svg", content=(Path(TEMPLATES) / "assets" / "mark.svg").read_bytes())
    )
    folder = Path(mkdtemp(prefix="gallery-"))
    make(folder)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = f"gallery/{path.relative_to(folder).as_posix()}"
            files.append(File.generated(config, name, content=path.read_bytes()))
    shutil.rmtree(folder)
    return files


def make(folder: Path) -> None:
    """Write below `folder`: `page/`, `outbox/`, `mails/`, `forms/` and `states.html`."""
    with TemporaryDirectory() as kept:
        root = Path(kept) / "page"
        shutil.copytree(RECORDS, root, ignore=shutil.ignore_patterns(".stillup", "site", "outbox", "private", "*.j2"))
        publish(root, at=AT)
        for name, made in {"page": "site", "outbox": "outbox"}.items():
            shutil.copytree(root / made, folder / name, dirs_exist_ok=True)
        (folder / "outbox").chmod(0o755)  # An outbox is for its owner alone; this one has no internal facts.
        bench = open_bench(root, at=AT, environment={VARIABLE: "g" * 40})
        try:
            _write(folder / "forms", _forms(bench))
            _write(folder / "mails", chain(_mails(root / "outbox"), _invitations(bench)))
        finally:
            bench.close()
    shutil.copytree(folder / "page" / "assets", folder / "forms" / "assets", dirs_exist_ok=True)
    for name, body in bench.assets.items():
        (folder / "forms" / "assets" / name).write_bytes(body)
    (folder / "states.html").write_text(_states(), encoding="utf-8")


def _write(folder: Path, pages: Iterable[tuple[str, bytes]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in pages:
        (folder / f"{name}.html").write_bytes(body)


def _forms(bench: Bench) -> Iterator[tuple[str, bytes]]:
    """Yield each page of `stillup serve` by its name. Its links lead nowhere: nobody answers here."""
    desk = Reception(bench, bench.main, lambda: AT)
    wrong = {"address": "signup.wrong.address.email", "timezone": "signup.wrong.timezone"}
    asked = Wish(address="reader", reach=_READER.reach, timezone="Berlin", problems=wrong)
    pages = {
        "subscribe": desk.form(Wish(problems={})),
        "wrong": desk.form(asked),
        "manage": desk.manage("token", _READER, [], saved=True, problems={}),
        "code": desk.code("token", wrong=True),
        "confirm": desk.ask("confirm", "confirm/token", _READER),
        "leave": desk.ask("leave", "u/token", _READER),
        "confirmed": desk.confirmed(_READER, "whsec_c2hvd24gdGhpcyBvbmNl"),
    }
    pages |= {name: desk.note(name, f"{name}_text") for name in _NOTES}
    for name, body in pages.items():
        yield name, body.replace(bench.main.base.encode() + b"assets/", b"assets/")


def _mails(outbox: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what a mail program shows of each mail to customers, by what it tells."""
    for path in sorted(outbox.rglob("customers.eml")):
        name = "-".join(path.relative_to(outbox).parts[:-1])
        yield name, _shown(path.read_bytes())


def _invitations(bench: Bench) -> Iterator[tuple[str, bytes]]:
    for kind in Invitation:
        message = invitation(
            kind,
            "email",
            _READER.address,
            "https://subscribe.example.com/confirm/token",
            words=bench.main.words,
            organisation=bench.organisation,
            sender=bench.sender,
            at=AT,
        )
        yield f"invitation-{kind}", _shown(message.body)


def _shown(mail: bytes) -> bytes:
    part = message_from_bytes(mail, policy=default).get_body(("html", "plain"))
    assert part is not None
    return str(part.get_content()).encode()


def _states() -> str:
    """Draw the words of the vocabulary, each with the shape and colour that readers meet."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(RECORDS), FileSystemLoader(TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = catalogue.words("en")
    return environment.get_template("states.html.j2").render(
        say=words.say,
        stillup={"days": 90},
        page=None,
        components=[(status, KEYS[status], f"state.{KEYS[status]}", IMPACT_OF[status]) for status in ComponentStatus],
        impacts=[(impact, key, SEVERITY_OF[impact]) for impact, key in IMPACT_KEYS.items()],
        updates=[(kind, status, f"status.{status}") for kind in Kind for status in STATUSES_OF[kind]],
    )
