"""Text messages through Twilio. It cannot tell a repeat, so what may have been taken is never sent again."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx

from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.delivery.wire import Patience, Reply, agent, get, is_astray, judged, post, trust
from stillup.errors import StillupError
from stillup.messages.message import Message
from stillup.records.outlet import SmsOutlet
from stillup.records.settings import Settings

TOKEN = "STILLUP_TWILIO_TOKEN"

_STOPPED = {21610}
"""The recipient answered STOP."""

_NO_NUMBER = {21211, 21214, 21217, 21401, 21407, 21421, 21614, 21635}
"""The number cannot receive anything, ever."""

_ACCOUNT = {20003, 20005, 20008, 21212, 21603, 21606, 21608, 21611, 21659, 21660, 21701, 21703, 21704, 21705, 30002}
"""Refusals that every message would meet: login, account, sender."""

_TEST_ONLY = 20008
"""A resource that test credentials cannot have: Twilio knows them then."""

_LONGEST = 36_000


class Twilio:
    """Sends one message a call."""

    name = "sms"

    def __init__(
        self, outlet: SmsOutlet, token: str, *, client: httpx.Client, patience: Patience | None = None
    ) -> None:
        """Ask with the account of `outlet`; `client` is closed with the channel."""
        self._outlet, self._token, self._client = outlet, token, client
        self._patience = patience or Patience()
        self.policy = Policy(repeat_unknown=False, rate=outlet.rate, parallel=1)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Try once."""
        outlet = self._outlet
        form = {"To": message.to, "Body": message.body.decode("utf-8")}
        form |= {"MessagingServiceSid": outlet.service} if outlet.service else {"From": outlet.sender or ""}
        if outlet.valid_for is not None:
            form["ValidityPeriod"] = str(min(int(outlet.valid_for.total_seconds()), _LONGEST))
        headers = {"content-type": "application/x-www-form-urlencoded", **self._headers}
        url = f"{outlet.api.rstrip('/')}/2010-04-01/Accounts/{outlet.account}/Messages.json"
        reply = post(self._client, url, content=urlencode(form).encode(), headers=headers, patience=self._patience)
        return reply if isinstance(reply, Receipt) else _receipt(reply, at)

    def probe(self) -> Receipt:
        """Ask how the account is. Test credentials are told apart: with them nothing ever leaves."""
        outlet = self._outlet
        url = f"{outlet.api.rstrip('/')}/2010-04-01/Accounts/{outlet.account}.json"
        reply = get(self._client, url, headers=self._headers, patience=self._patience)
        if isinstance(reply, Receipt):
            return reply
        said = reply.json()
        said = said if isinstance(said, dict) else {}
        if said.get("code") == _TEST_ONLY:
            return Receipt(outcome=Outcome.ACCEPTED, reference="test credentials: nothing ever leaves")
        if reply.status != 200:
            return _receipt(reply, datetime.min.replace(tzinfo=UTC))
        state = str(said.get("status", ""))
        if state != "active":
            reason = f"The account at Twilio is {state if state.isalpha() else 'not active'}."
            return Receipt(outcome=Outcome.LATER, reason=reason, halt=True)
        return Receipt(outcome=Outcome.ACCEPTED, reference="token accepted, the account is active")

    @property
    def _headers(self) -> dict[str, str]:
        pair = f"{self._outlet.account}:{self._token}"
        return {"authorization": f"Basic {b64encode(pair.encode()).decode()}", "user-agent": agent()}

    def close(self) -> None:
        """Give back connections."""
        self._client.close()


def _receipt(reply: Reply, at: datetime) -> Receipt:
    receipt, said = judged(reply, at), reply.json()
    said = said if isinstance(said, dict) else {}
    if receipt.outcome is Outcome.ACCEPTED:
        if not said.get("sid"):
            return Receipt(outcome=Outcome.UNKNOWN, reason=f"HTTP {reply.status}, and no message is named.")
        sid = str(said["sid"])
        return Receipt(outcome=Outcome.ACCEPTED, reference=sid if sid.isalnum() and len(sid) <= 64 else "")
    code = said.get("code")
    reason = f"HTTP {reply.status}, Twilio's error {code}" if isinstance(code, int) else f"HTTP {reply.status}"
    if reply.status >= 500 or reply.status == 408:
        return Receipt(outcome=Outcome.UNKNOWN, reason=reason)  # "a retry may send twice", says Twilio
    if code in _STOPPED:
        return Receipt(outcome=Outcome.REFUSED, reason=f"{reason}: the recipient answered STOP.", gone=True)
    if code in _NO_NUMBER:
        return Receipt(outcome=Outcome.REFUSED, reason=f"{reason}: the number cannot receive messages.", gone=True)
    if code in _ACCOUNT or reply.status in {401, 403}:
        fix = f"Look at {TOKEN}, account and from."
        return Receipt(outcome=Outcome.LATER, reason=f"{reason}. {fix}", halt=True)
    if is_astray(reply):
        return Receipt(outcome=Outcome.LATER, reason=f"{reason}. Look at api: it does not lead to Twilio.", halt=True)
    return Receipt(outcome=receipt.outcome, reason=reason, retry_after=receipt.retry_after)


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Twilio:
    """Return the channel as the settings have it.

    Raises:
        StillupError: there is no token.
    """
    outlet = settings.channels.sms or SmsOutlet()
    token = environment.get(TOKEN, "").strip()
    if not token:
        raise StillupError(f"{TOKEN} is not set, and channels: sms: leaves via twilio. Set it.")
    return Twilio(outlet, token, client=httpx.Client(verify=trust(environment), follow_redirects=False))
