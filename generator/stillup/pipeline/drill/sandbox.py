"""The page in which a drill is played: a repository of its own, with people whom no message can reach.

Only what is named here is taken over from the real page, and none of it leads anywhere: channels, ledger, subscribers,
places and secrets are the sandbox's own.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from stillup.catalogue import Catalogue
from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.pipeline.change.entry import spelled
from stillup.records.inventory import Components
from stillup.records.scenario import Scenario
from stillup.records.settings import Settings

HOST = "127.0.0.1"
DOMAIN = "drill.invalid"
"""A domain that exists nowhere (RFC 6761): no mail to it could arrive."""

PEOPLE = ("customers", "customers", "customers")
"""Audiences of the people on each channel, in their order."""

INSIDE = ("responders", "executives", "support")
"""Who is told besides, by mail: each has its own wording."""

LEDGER = ".stillup/ledger.sqlite"
SERVED = "served"

_ACCOUNT = "AC" + "0" * 32
_KEPT = ("team", "timezone", "show_severity", "history_days")
_FAST = {"rate": 1000}
"""A drill is not about how long a provider lets us wait between two calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the drill's own receivers listen."""

    mail: int
    web: int
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The page."""

    root: Path
    ports: Ports
    people: Mapping[tuple[str, str], str]
    """By channel and address as receivers see it: who it is, `customers-1`."""

    environment: Mapping[str, str]
    """Everything that a process in it knows of the world outside."""


def made(
    folder: Path,
    real: Path,
    settings: Settings,
    components: Components,
    script: Scenario,
    ports: Ports,
    words: Catalogue,
    path: str,
) -> Sandbox:
    """Lay out the page in `folder`; `real` is the root of the page that is practised for.

    `words` say in the page's language that it is a drill; `path` is where programs are found.

    Raises:
        StillupError: git is not there or refuses.
    """
    root = folder / "page"
    root.mkdir()
    names = channels()
    people = _people(names, ports)
    written = {
        "mkdocs.yml": _dumped(_settings(settings, words, names, ports)),
        "docs/about.md": "# A drill\n\nNothing here is real.\n",
        ".gitignore": "/private/\n/.stillup/\n/site/\n/served\n/.served.pages/\n/home/\n",
        "private/subscribers.yml": _dumped(
            [
                {"channel": channel, "address": address, "audience": name.rpartition("-")[0]}
                | {"confirmed_at": "2020-01-01T00:00:00Z", "impact": "none", "follow": "all"}
                for (channel, address), name in _addresses(names, ports)
            ]
        ),
        **{f"components/{id}.yml": _component(id, name, components, words) for id, name in script.systems.items()},
    }
    for name, text in written.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if (real / "messages").is_dir():
        shutil.copytree(real / "messages", root / "messages")
    for each in ("home", "tmp"):
        (folder / each).mkdir()
    sandbox = Sandbox(root=root, ports=ports, people=people, environment=_environment(folder, path))
    for order in (("init", "--quiet", "--initial-branch=main"), ("add", "--all"), ("commit", "-qm", "Begin the drill")):
        git(sandbox, *order)
    return sandbox


def channels() -> tuple[str, ...]:
    """Return every channel that can be played: Apprise only where it is installed."""
    apprise = ("apprise",) if find_spec("apprise") is not None else ()
    return ("email", "sms", "webhook", "slack", "teams", "discord", *apprise)


def git(sandbox: Sandbox, *words: str) -> str:
    """Return what git says in the sandbox, which knows nobody's own settings of git.

    Raises:
        StillupError: it is not there, or refuses.
    """
    command = ["git", "-C", str(sandbox.root), *words]
    try:
        done = subprocess.run(command, env=dict(sandbox.environment), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise StillupError("A drill is played in a git repository of its own, and git is not installed.") from None
    if done.returncode != 0:
        raise StillupError(f"git {words[0]} failed in the drill's own repository. Git says: {done.stderr.strip()}")
    return done.stdout


def _settings(settings: Settings, words: Catalogue, names: tuple[str, ...], ports: Ports) -> dict[str, Any]:
    """Return the settings: the real ones where they are words and times, the drill's own where something leaves."""
    api = f"http://{HOST}:{ports.web}"
    outlets: dict[str, Any] = {name: dict(_FAST) for name in names}
    outlets["email"] |= {"via": "smtp", "host": HOST, "port": ports.mail, "security": "none"}
    outlets["email"] |= {"from": f'"Drill" <status@{DOMAIN}>'}
    outlets["sms"] |= {"via": "twilio", "account": _ACCOUNT, "from": "+12025550100", "api": api}
    own: dict[str, Any] = {
        **{name: value for name in _KEPT if (value := getattr(settings, name)) not in ("", None)},
        "organisation": words.say("drill.name", name=settings.organisation or settings.site_name),
        "languages": list(settings.languages),
        "cadence": {key: spelled(each) for key, each in settings.cadence.items()},
        "cadence_in": {
            state: {key: spelled(each) for key, each in some.items()} for state, some in settings.cadence_in.items()
        },
        "lint": dict(settings.lint),
        "lateness": {"update": spelled(settings.lateness.update), "resolution": spelled(settings.lateness.resolution)},
        **{key: value for key, value in settings.planned.items() if value is not None},
        "channels": outlets,
        "intranet": [HOST],
        "ledger": f"sqlite:{LEDGER}",
        "deploy": [{"folder": SERVED}],
    }
    return {
        "site_name": words.say("drill.name", name=settings.site_name),
        "site_url": f"http://{HOST}:{ports.page}/",
        "theme": {"name": "material", "font": False},
        "extra": {"generator": False},
        "plugins": [{"stillup": _plain(own)}],
    }


def _people(names: tuple[str, ...], ports: Ports) -> dict[tuple[str, str], str]:
    """Return who is told, by channel and the address that a receiver sees: of a URL its path."""
    return {
        (channel, address.partition(f":{ports.web}")[2] if "://" in address else address): name
        for (channel, address), name in _addresses(names, ports)
    }


def _addresses(names: tuple[str, ...], ports: Ports) -> list[tuple[tuple[str, str], str]]:
    found = []
    for channel in names:
        audiences = (*PEOPLE, *INSIDE) if channel == "email" else PEOPLE
        for number, audience in enumerate(audiences, 1):
            name = f"{audience}-{number}"
            found.append(((channel, _address(channel, name, number, ports.web)), name))
    return found


def _address(channel: str, name: str, number: int, port: int) -> str:
    if channel == "email":
        return f"{name}@{DOMAIN}"
    if channel == "sms":
        return f"+1202555010{number}"  # numbers of fiction: 555-0100 to 555-0199 are given to nobody
    scheme = "json" if channel == "apprise" else "http"
    return f"{scheme}://{HOST}:{port}/{channel}/{name}"


def _component(id: str, name: str, components: Components, words: Catalogue) -> str:
    known = components.by_id.get(id)
    return _dumped({"name": words.say("drill.name", name=known.name if known is not None else name)})


def _environment(folder: Path, path: str) -> dict[str, str]:
    """Return the whole environment of the drill's processes: nothing of the real one but where programs are."""
    who = {f"GIT_{role}_{part}": said for role in ("AUTHOR", "COMMITTER") for part, said in _WHO.items()}
    return {
        "PATH": path,
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **who,
        "STILLUP_LEDGER_KEY": secrets.token_hex(32),
        "STILLUP_TWILIO_TOKEN": "drill",
        "STILLUP_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
    }


_WHO = {"NAME": "The drill", "EMAIL": f"drill@{DOMAIN}"}


def _dumped(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000)


def _plain(value: object) -> Any:
    """Return settings as YAML writes them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, timedelta):
        return spelled(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
