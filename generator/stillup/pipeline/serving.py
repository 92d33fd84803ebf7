"""Puts together what `stillup serve` needs: subscribers, links, pages, and channels for invitations."""

import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from stillup import catalogue
from stillup.catalogue import Catalogue
from stillup.delivery.channels.twilio import TOKEN
from stillup.delivery.outlet import open_channel
from stillup.delivery.receipt import Channel, Receipt
from stillup.delivery.sender import sender
from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.messages.invitation import invitation
from stillup.messages.recipient import Sender
from stillup.pipeline import looks
from stillup.pipeline.build import frontage, work_folder
from stillup.pipeline.run import Run
from stillup.records import store as records
from stillup.records.folder import record_file
from stillup.records.inventory import Components
from stillup.records.sending import DATABASES
from stillup.records.settings import Settings
from stillup.site.signup import FORMS, Choice, Signup
from stillup.subscribers.bounce import VARIABLE
from stillup.subscribers.desk import Desk, Letter
from stillup.subscribers.opening import open_store
from stillup.subscribers.place import NAMES
from stillup.subscribers.store import Store
from stillup.subscribers.subscription import consented
from stillup.subscribers.token import Keys, Links
from stillup.timeline.publication import published
from stillup.vocabulary import TextWay

_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything that the application works with."""

    settings: Settings
    desk: Desk
    keys: Keys
    signup: Signup
    words: Catalogue
    base: str
    """The path of the application on its host, with both slashes."""

    components: tuple[Choice, ...]
    """Everything that can be followed, in page order."""

    assets: Mapping[str, bytes]
    """Styles and pictures by their path below `assets/`."""

    bounces: str
    """The secret of reports on bounces; empty: none are taken."""

    titles: Callable[[str, datetime], str]
    """Returns the title of a record that is public at an instant, by its id; empty where there is none."""

    texting: str
    """The token with which Twilio signs what people answer to text messages; empty: nothing is taken."""

    channels: Mapping[str, Channel]
    sender: Sender
    organisation: str
    store: Store

    def send(self, letter: Letter, key: str, at: datetime) -> Receipt:
        """Hand over what somebody asked for."""
        to = letter.subscription
        message = invitation(
            letter.kind,
            to.channel,
            to.address,
            letter.link,
            words=catalogue.words(to.language) if to.language else self.words,
            organisation=self.organisation,
            sender=self.sender,
            at=at,
            code=letter.code,
            secret=to.secret,
        )
        return self.channels[to.channel].send(message, key=key, at=at)

    def close(self) -> None:
        """Give back connections and files."""
        for channel in self.channels.values():
            channel.close()
        self.store.close()


def open_bench(root: Path, *, at: datetime, environment: Mapping[str, str]) -> Bench:
    """Open the application of the page at `root`.

    Raises:
        RecordError: settings or components have problems.
        StillupError: a setting, a channel or a secret is missing.
    """
    site, work = work_folder(root)
    with Run(root, at=at, site_dir=site, work=work) as run:
        edition, front = run.edition, frontage(run)
        shell, settings = front.shells()["subscribe"], edition.settings
        assets = dict(_assets(front.static, settings))
    place = settings.subscribers or f"sqlite:{settings.private}/{NAMES[2]}"
    if not place.startswith(DATABASES):
        raise StillupError(
            f"People who subscribe themselves are kept in a database, and subscribers: says {place}. "
            "Write subscribers: sqlite:private/subscribers.sqlite or postgresql://host/database; "
            "`stillup subscribers import` takes the others in."
        )
    keys = Keys.of(environment)
    url = (settings.serve.url or f"http://{settings.serve.host}:{settings.serve.port}").rstrip("/") + "/"
    base, masthead = urlsplit(url).path, edition.masthead
    channels = {name: open_channel(name, settings, environment, root) for name in settings.serve.channels}
    words = edition.words
    store = open_store(root, place, secrets.token_bytes(16), settings.intranet)
    return Bench(
        settings=settings,
        desk=Desk(store, Links(url, keys), new_id, _new_secret, consented(words.language, words.say("signup.privacy"))),
        keys=keys,
        signup=Signup(words, shell, base=base, site=masthead.site_url or base),
        words=words,
        base=base,
        components=tuple(_followable(edition.components)),
        assets=assets,
        bounces=environment.get(VARIABLE, ""),
        titles=partial(_title, root, edition.components, settings.timezone),
        texting=_texting(settings, environment),
        channels=channels,
        sender=sender(settings, masthead),
        organisation=masthead.organisation,
        store=store,
    )


def _title(root: Path, components: Components, zone: str, id: str, at: datetime) -> str:
    """Return the title of the record `id`; nothing of one that is not public yet. Anybody may ask for any id."""
    years = sorted(each.name for each in (root / "incidents").glob("[0-9]*"))
    for folder in ("incidents", *(f"incidents/{year}" for year in years)):
        file = record_file(root, f"{folder}/{id}.yml")
        record = records.incident(root, file, components, zone)[0] if file is not None else None
        if record is not None:
            return record.title if published(record, at) is not None else ""
    return ""


def _texting(settings: Settings, environment: Mapping[str, str]) -> str:
    outlet = settings.channels.sms
    return environment.get(TOKEN, "").strip() if outlet is not None and outlet.via is TextWay.TWILIO else ""


def new_id() -> str:
    """Return a new id: 12 random letters, for nobody to guess and nothing to tell."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def _new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def _followable(components: Components) -> Iterable[Choice]:
    """Yield groups with their components, in page order."""
    names = {group.id: group.name for group in components.groups}
    told: set[str] = set()
    for component in components.components:
        group = component.group
        if group and group not in told:
            told.add(group)
            yield Choice(value=f"group:{group}", text=names[group])
        yield Choice(value=component.id, text=component.name, deep=bool(group))


def _assets(static: Path, settings: Settings) -> Iterable[tuple[str, bytes]]:
    """Yield what pages of the application need besides themselves."""
    for path in sorted((static / "assets").iterdir()):
        if path.suffix in (".css", ".svg", ".png") and path.is_file():
            yield path.name, looks.styled(settings, f"assets/{path.name}", path.read_bytes())
    yield "signup.css", (FORMS / "signup.css").read_bytes()
