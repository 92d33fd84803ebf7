"""Whether everybody can read a git remote: a ledger in it tells the world how many were told what, and when."""

from urllib.parse import urlsplit

from stillup.deadline import Deadline
from stillup.errors import StillupError

_WHOLE = 30.0
"""Seconds for an answer, however it drips in."""


def is_public(url: str) -> bool:
    """Ask the host of the remote `url`, as somebody without a login, whether it would hand the repository out.

    Raises:
        StillupError: it is on the web, and its host does not answer.
    """
    address = _web(url)
    if not address:
        return False  # A folder, or a host that speaks no HTTP.
    import httpx

    try:
        deadline, place = Deadline(), f"{address}/info/refs?service=git-upload-pack"
        with (
            httpx.Client(timeout=10, follow_redirects=True) as client,
            deadline.within(_WHOLE),
            client.stream("GET", place, extensions=deadline.extensions) as reply,
        ):
            status = reply.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        if urlsplit(url).scheme not in ("http", "https"):
            return False  # It is reached by SSH, and has nothing on the web.
        raise StillupError(
            f"Whether everybody can read the remote is not known: its host does not answer ({type(error).__name__}). "
            "Try again, or add --public if it does not matter."
        ) from None
    return status == 200


def _web(url: str) -> str:
    """Return the address at which the repository would be on the web, without any login; empty where it cannot be."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ssh") and parts.hostname:
        port = f":{parts.port}" if parts.port and parts.scheme != "ssh" else ""
        scheme = "https" if parts.scheme == "ssh" else parts.scheme
        return f"{scheme}://{parts.hostname}{port}{parts.path}".rstrip("/")
    before, colon, path = url.partition(":")
    if not parts.scheme and colon and "/" not in before and "@" in before:
        return f"https://{before.partition('@')[2]}/{path}".rstrip("/")  # git@host:owner/name
    if colon and not path.startswith("//") and "@" in before and "/" not in before:
        return f"https://{before.partition('@')[2]}/{path}".rstrip("/")
    return ""
