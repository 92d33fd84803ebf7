"""What an output room hands over: something to publish, with its place below the site's root."""

from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One published file."""

    path: str
    """Relative to the site's root, with `/`, no leading slash."""

    body: bytes
    media_type: str
