"""Opens the channels that the settings name; the only place that knows which file serves which."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from stillup.delivery.receipt import Channel
from stillup.errors import StillupError
from stillup.records.settings import Settings


def through(name: str, settings: Settings) -> str:
    """Return the file below `channels/` that serves the channel `name`: `smtp` for `email`, say.

    Raises:
        StillupError: the settings have no such channel.
    """
    own = getattr(settings.channels, name, None)
    if own is None:
        raise StillupError(f"The channel {name} is not set up. Write {name}: below channels: in mkdocs.yml.")
    return str(getattr(own, "via", name))


def open_channel(name: str, settings: Settings, environment: Mapping[str, str], root: Path) -> Channel:
    """Return the channel `name`; whoever opens it closes it.

    Raises:
        StillupError: it is not set up, or lacks its secret in `environment`.
    """
    file = through(name, settings)
    module = import_module(f"stillup.delivery.channels.{file}")
    if file == "outbox":
        folder = root / getattr(settings.channels, name).folder
        channel: Channel = module.Outbox(name, folder)
    else:
        channel = module.open_channel(settings, environment)
    return channel
