"""What people type for the state of a component."""

from collections.abc import Callable
from typing import Any

import click

from stillup.vocabulary import ComponentStatus

SHORT = {
    "ok": "operational",
    "degraded": "degraded_performance",
    "partial": "partial_outage",
    "major": "major_outage",
    "maintenance": "under_maintenance",
}
"""What people type for a state."""

_ALSO = {"down": "major", "up": "ok"}


class State(click.ParamType[tuple[str, str]]):
    """`ID=STATE`: a component, or `group:` and a group, and what its users notice; without a state, empty."""

    name = "id[=state]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both."""
        if isinstance(value, tuple):
            return value
        id, equals, said = (part.strip() for part in str(value).partition("="))
        return id, state(said, lambda message: self.fail(message, param, ctx)) if equals else ""


def state(said: str, fail: Callable[[str], Any]) -> str:
    """Return the state that `said` means: whole, or `ok`, `degraded`, `partial`, `major`, `maintenance`."""
    plain = said.lower().replace("-", "_").replace(" ", "_")
    word = SHORT.get(_ALSO.get(plain, plain), plain)
    if word not in list(ComponentStatus):
        fail(f"{said or 'nothing'} is no state. Use {', '.join(SHORT)}.")
    return word
