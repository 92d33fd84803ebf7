"""Mail through Resend's API, which drops repeats of a key for 24 hours.

Our mails are finished: their bytes are taken apart again into what the API wants, and nothing else is said there than
in the mail itself.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import httpx

from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.delivery.sender import sender_address
from stillup.delivery.wire import Patience, Reply, agent, get, is_astray, judged, pause, post, trust
from stillup.errors import StillupError
from stillup.messages.message import Message
from stillup.records.outlet import EmailOutlet
from stillup.records.settings import Settings

KEY = "STILLUP_RESEND_KEY"
REMEMBERED = timedelta(hours=24)
MOST = 100
"""So many mails go into one batch."""

_OWN = frozenset("from to cc bcc reply-to subject date mime-version content-type content-transfer-encoding".split())
"""Headers that the API has fields for, or makes itself."""

_ACCOUNT = frozenset(
    """missing_api_key invalid_api_key restricted_api_key invalid_access suspended_api_key daily_quota_exceeded
    monthly_quota_exceeded invalid_from_address""".split()
)
"""Refusals that every mail would meet."""

_BUSY = timedelta(seconds=5)
_NAME = re.compile(r"[a-z_]{1,60}").fullmatch


class Resend:
    """Sends mails one by one or in batches."""

    name = "email"
    batch = MOST

    def __init__(
        self,
        api: str,
        key: str,
        *,
        client: httpx.Client,
        rate: float = 4,
        patience: Patience | None = None,
        domain: str = "",
    ) -> None:
        """Ask the API at `api` with `key`; `client` is closed with the channel; `domain` is the sender's."""
        self._api, self._key, self._client, self._domain = api.rstrip("/"), key, client, domain
        self._patience = patience or Patience()
        self.policy = Policy(repeat_unknown=True, deduplicates=REMEMBERED, rate=rate, parallel=2)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Hand over one mail."""
        reply = self._post("/emails", _mail(message), key)
        if isinstance(reply, Receipt):
            return reply
        said = reply.json()
        return _receipt(reply, at, _id(said))

    def send_batch(self, messages: Sequence[Message], *, key: str, at: datetime) -> tuple[Receipt, ...]:
        """Hand over up to `batch` mails under one key, all or none; a repeat has the same mails in the same order.

        Raises:
            ValueError: there are too many.
        """
        if not 0 < len(messages) <= MOST:
            raise ValueError(f"{len(messages)} mails are no batch of 1 to {MOST}")
        reply = self._post("/emails/batch", [_mail(message) for message in messages], key)
        if isinstance(reply, Receipt):
            return (reply,) * len(messages)
        said = reply.json()
        listed = said.get("data") if isinstance(said, dict) else None
        ids = [_id(entry) for entry in listed] if isinstance(listed, list) else []
        ids += [""] * (len(messages) - len(ids))
        return tuple(_receipt(reply, at, id) for id in ids[: len(messages)])

    def probe(self) -> Receipt:
        """Ask with the key which domains may send."""
        headers = {"authorization": f"Bearer {self._key}", "user-agent": agent()}
        reply = get(self._client, f"{self._api}/domains", headers=headers, patience=self._patience)
        if isinstance(reply, Receipt):
            return reply
        said = reply.json()
        name = str(said.get("name", "")) if isinstance(said, dict) else ""
        if name == "restricted_api_key":
            return Receipt(
                outcome=Outcome.ACCEPTED, reference="the key may send, and not see which domains are verified"
            )
        if reply.status != 200:
            return _receipt(reply, datetime.min.replace(tzinfo=UTC), "")
        listed = said.get("data") if isinstance(said, dict) else None
        states = {
            str(each.get("name", "")).lower(): str(each.get("status", ""))
            for each in (listed if isinstance(listed, list) else ())
            if isinstance(each, dict)
        }
        parents = [self._domain.split(".", count)[-1] for count in range(self._domain.count("."))]
        state = next((states[each] for each in parents if each in states), "not there")
        if state != "verified":
            reason = f"Resend sends nothing from {self._domain}: the domain is {state.replace('_', ' ')} with it."
            return Receipt(outcome=Outcome.LATER, reason=reason, halt=True)
        return Receipt(outcome=Outcome.ACCEPTED, reference=f"key accepted, {self._domain} is verified")

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def _post(self, path: str, document: object, key: str) -> Reply | Receipt:
        headers = {
            "authorization": f"Bearer {self._key}",
            "content-type": "application/json",
            "idempotency-key": key if len(key) <= 256 and key.isascii() else hashlib.sha256(key.encode()).hexdigest(),
            "user-agent": agent(),
        }
        content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return post(self._client, self._api + path, content=content, headers=headers, patience=self._patience)


def _mail(message: Message) -> dict[str, object]:
    """Return the mail as the API wants it; the same bytes make the same document."""
    mail = message_from_bytes(message.body, policy=default)
    document: dict[str, object] = {
        "from": str(mail["from"]),
        "to": [message.to],
        "subject": str(mail["subject"]),
    }
    if mail["reply-to"]:
        document["reply_to"] = str(mail["reply-to"])
    for form, subtype in (("text", "plain"), ("html", "html")):
        part = mail.get_body((subtype,))
        if part is not None:
            document[form] = str(part.get_content()).replace("\r\n", "\n")
    document["headers"] = dict(_headers(mail))
    return document


def _headers(mail: EmailMessage) -> Iterator[tuple[str, str]]:
    """Yield every other header, unfolded and otherwise as it stands."""
    for name, value in mail.raw_items():
        if name.lower() not in _OWN:
            yield name, re.sub(r"\r?\n[ \t]+", " ", str(value)).strip()


def _receipt(reply: Reply, at: datetime, id: str) -> Receipt:
    receipt, said = judged(reply, at), reply.json()
    said = said if isinstance(said, dict) else {}
    if receipt.outcome is Outcome.ACCEPTED:
        if not (said.get("id") or said.get("data")):
            return Receipt(outcome=Outcome.UNKNOWN, reason=f"HTTP {reply.status}, and no mail is named.")
        full = reply.headers.get("ratelimit-remaining") == "0"
        rest = pause(reply.headers.get("ratelimit-reset"), at) if full else None
        return Receipt(outcome=Outcome.ACCEPTED, reference=id, retry_after=rest)
    name = str(said.get("name", ""))
    name = name if _NAME(name) else ""
    reason = f"HTTP {reply.status} {name}".strip()
    if name == "invalid_idempotent_request":
        # The key stands for other bytes there: something was taken under it, and what it was only Resend knows.
        return Receipt(outcome=Outcome.UNKNOWN, reason=f"{reason}: the key was used for another mail.")
    if name == "concurrent_idempotent_requests" or reply.status == 409:
        return Receipt(outcome=Outcome.LATER, reason=reason, retry_after=receipt.retry_after or _BUSY)
    if name in _ACCOUNT or reply.status in {401, 403}:
        fix = f"Look at {KEY}, the plan and the sender's domain."
        return Receipt(outcome=Outcome.LATER, reason=f"{reason}. {fix}", retry_after=receipt.retry_after, halt=True)
    if is_astray(reply):
        return Receipt(outcome=Outcome.LATER, reason=f"{reason}. Look at api: it does not lead to Resend.", halt=True)
    return Receipt(outcome=receipt.outcome, reason=reason, retry_after=receipt.retry_after)


def _id(said: object) -> str:
    id = str(said.get("id", "")) if isinstance(said, dict) else ""
    return id if len(id) <= 64 and id.replace("-", "").isalnum() else ""


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Resend:
    """Return the channel as the settings have it.

    Raises:
        StillupError: there is no key.
    """
    outlet = settings.channels.email or EmailOutlet()
    key = environment.get(KEY, "").strip()
    if not key:
        raise StillupError(f"{KEY} is not set, and channels: email: leaves via resend. Set it.")
    client = httpx.Client(verify=trust(environment), follow_redirects=False)
    domain = sender_address(settings).rpartition("@")[2].lower()
    return Resend(outlet.api, key, client=client, rate=min(outlet.rate, 5), domain=domain)
