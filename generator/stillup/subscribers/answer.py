"""What people answer to a text message: STOP ends all of them, START begins them again.

Twilio passes on what comes to our number, signed with the account's token: HMAC-SHA1 over the address that it calls and
every field in the order of their names (Twilio, "Validating requests"). The words are those that carriers know.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from stillup.records.refusal import Unusable
from stillup.subscribers.address import normal

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})

Fields = Mapping[str, Sequence[str]]


def is_twilio(url: str, fields: Fields, signature: str, token: str) -> bool:
    """Whether a request to `url` was signed with `token`."""
    text = "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name])))
    good = False
    for where in (url, _with_port(url)):
        made = b64encode(hmac.digest(token.encode(), f"{where}{text}".encode(), "sha1")).decode()
        good |= hmac.compare_digest(made.encode(), signature.encode("utf-8", "replace"))
    return good


def reply(fields: Fields) -> tuple[str, bool] | None:
    """Return the number that answered, and whether it wants messages; None where it says neither."""
    kind = (fields.get("OptOutType") or [""])[-1].strip().upper()
    word = (fields.get("Body") or [""])[-1].strip().strip(".!\"'").upper().replace("-", "").replace(" ", "")
    word = kind or word
    if word not in STOP | START:
        return None
    try:
        return normal("sms", (fields.get("From") or [""])[-1])[1], word in START
    except Unusable:
        return None  # a short code, or a name: nobody subscribed with it


def _with_port(url: str) -> str:
    """Return the same address with the port that it means: Twilio signs either."""
    parts = urlsplit(url)
    if parts.port is not None:
        return url
    return parts._replace(netloc=f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}").geturl()
