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
from stillup.pipeline.building.build import frontage, work_folder
from stillup.pipeline.building.run import Run
from stillup.pipeline.reading import looks
from stillup.pipeline.reading.tongue import edition_in
from stillup.records import store as records
from stillup.records.folder import record_file
from stillup.records.sending import DATABASES
from stillup.records.settings import Settings
from stillup.site.shell import Shell
from stillup.site.signup import FORMS, Choice, Signup
from stillup.subscribers.answer import is_twilio
from stillup.subscribers.bounce import VARIABLE
from stillup.subscribers.desk import Desk, Letter
from stillup.subscribers.opening import open_store
from stillup.subscribers.place import NAMES
from stillup.subscribers.store import Store
from stillup.subscribers.subscription import consented
from stillup.subscribers.token import Keys, Links, Scope
from stillup.subscribers.wish import Form, Wish, wish
from stillup.timeline.publication import published
from stillup.views.edition import Edition
from stillup.vocabulary import TextWay

_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The application in one language of the page."""

    tag: str
    """As the settings have it."""

    signup: Signup
    words: Catalogue
    base: str
    """Where it begins on its host, with both slashes: the application's own path, in another language `de/` below."""

    components: tuple[Choice, ...]
    """Everything that can be followed, in page order."""

    titles: Callable[[str, datetime], str]
    """Returns the title of a record that is public at an instant, by its id; empty where there is none."""

    consent: str
    """The version of the text that people agree to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything that the application works with."""

    settings: Settings
    desk: Desk
    keys: Keys
    tongues: Mapping[str, Spoken]
    """What it says, by language as the settings have it, the page's own first."""

    assets: Mapping[str, bytes]
    """Styles and pictures by their path below `assets/`."""

    bounces: str
    """The secret of reports on bounces; empty: none are taken."""

    texting: str
    """The token with which Twilio signs what people answer to text messages; empty: nothing is taken."""

    channels: Mapping[str, Channel]
    sender: Sender
    organisation: str
    store: Store

    @property
    def main(self) -> Spoken:
        """What it says in the page's own language."""
        return next(iter(self.tongues.values()))

    def spoken(self, *languages: str) -> Spoken:
        """Return what it says in the first of `languages` that the page has, `es` for `es-MX`; else in its own."""
        for language in languages:
            base = catalogue.spoken(language)
            if language in self.tongues:
                return self.tongues[language]
            if found := [each for tag, each in self.tongues.items() if base and catalogue.spoken(tag) == base]:
                return found[0]
        return self.main

    def is_ours(self, form: Form, at: datetime) -> bool:
        """Whether a form was made here, not long ago: no other page can send one in somebody's name."""
        return self.keys.subject(form.get("form", [""])[0], Scope.FORM, at) is not None

    def is_texted(self, fields: Form, signature: str) -> bool:
        """Whether Twilio has signed `fields` as what somebody sent to our number."""
        url = f"{self.settings.serve.url.rstrip('/')}/texts"
        return is_twilio(url, fields, signature, self.texting)

    def wish(self, form: Form, *, addressed: bool = True) -> Wish:
        """Return what a form asks for; without `addressed` it says nothing of channel and address."""
        return wish(
            form,
            channels=tuple(self.channels),
            components=[choice.value for choice in self.main.components],
            languages=tuple(catalogue.LANGUAGES),
            trusted=self.settings.intranet,
            addressed=addressed,
        )

    def send(self, letter: Letter, key: str, at: datetime) -> Receipt:
        """Hand over what somebody asked for."""
        to = letter.subscription
        message = invitation(
            letter.kind,
            to.channel,
            to.address,
            letter.link,
            words=catalogue.words(to.language) if to.language else self.main.words,
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
        settings = edition.settings
        main, *others = settings.languages
        shells = {main: front.shells()["subscribe"], **{tag: front.shells(tag)["subscribe"] for tag in others}}
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
    tongues = {
        tag: _spoken(root, edition_in(edition, tag), shell, base, masthead.site_url, tag if tag != main else "")
        for tag, shell in shells.items()
    }
    store = open_store(root, place, secrets.token_bytes(16), settings.intranet)
    return Bench(
        settings=settings,
        desk=Desk(store, Links(url, keys), new_id, _new_secret, tongues[main].consent),
        keys=keys,
        tongues=tongues,
        assets=assets,
        bounces=environment.get(VARIABLE, ""),
        texting=_texting(settings, environment),
        channels=channels,
        sender=sender(settings, masthead),
        organisation=masthead.organisation,
        store=store,
    )


def _spoken(root: Path, edition: Edition, shell: Shell, base: str, site: str, tag: str) -> Spoken:
    """Return what is said to readers of `edition`, below `tag` where it is not that of the page's own language."""
    words, here = edition.words, f"{base}{tag}/" if tag else base
    tree = edition.masthead.site_url
    return Spoken(
        tag=tag or edition.settings.languages[0],
        signup=Signup(words, shell, base=base, here=here, site=site or base, tree=tree or base),
        words=words,
        base=here,
        components=tuple(_followable(edition)),
        titles=partial(_title, root, edition),
        consent=consented(words.language, words.say("signup.privacy")),
    )


def _title(root: Path, edition: Edition, id: str, at: datetime) -> str:
    """Return the title of the record `id`; nothing of one that is not public yet. Anybody may ask for any id."""
    components, zone = edition.components, edition.settings.timezone
    years = sorted(each.name for each in (root / "incidents").glob("[0-9]*"))
    for folder in ("incidents", *(f"incidents/{year}" for year in years)):
        file = record_file(root, f"{folder}/{id}.yml")
        record = records.incident(root, file, components, zone)[0] if file is not None else None
        if record is not None:
            said = edition.text(record, "title", record.title)
            told = edition.titled(said, edition.foreign(record, "title"))
            return told if published(record, at) is not None else ""
    return ""


def _texting(settings: Settings, environment: Mapping[str, str]) -> str:
    outlet = settings.channels.sms
    return environment.get(TOKEN, "").strip() if outlet is not None and outlet.via is TextWay.TWILIO else ""


def new_id() -> str:
    """Return a new id: 12 random letters, for nobody to guess and nothing to tell."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def _new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def _followable(edition: Edition) -> Iterable[Choice]:
    """Yield groups with their components, in page order."""
    names = {group.id: edition.text(group, "name", group.name) for group in edition.components.groups}
    told: set[str] = set()
    for component in edition.components.components:
        group = component.group
        if group and group not in told:
            told.add(group)
            yield Choice(value=f"group:{group}", text=names[group])
        yield Choice(value=component.id, text=edition.name(component.id), deep=bool(group))


def _assets(static: Path, settings: Settings) -> Iterable[tuple[str, bytes]]:
    """Yield what pages of the application need besides themselves."""
    for path in sorted((static / "assets").iterdir()):
        if path.suffix in (".css", ".svg", ".png") and path.is_file():
            yield path.name, looks.styled(settings, f"assets/{path.name}", path.read_bytes())
    yield "signup.css", (FORMS / "signup.css").read_bytes()
