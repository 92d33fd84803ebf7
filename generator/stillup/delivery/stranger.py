"""Requests to addresses that subscribers gave us: no redirect, no proxy, no address of our own network."""

from collections.abc import Collection, Mapping
from datetime import datetime

import httpx

from stillup.delivery.guard import NotPublic, Resolve, addresses_of, pinned
from stillup.delivery.receipt import Outcome, Receipt
from stillup.delivery.wire import Patience, Reply, agent, post, trust

MOST = 4
"""So many addresses of one host are tried."""

_RESOLVING = "The host of the address is not known."


class Stranger:
    """Asks other people's servers, each through a connection of its own."""

    def __init__(
        self,
        environment: Mapping[str, str],
        trusted: Collection[str] = (),
        *,
        patience: Patience | None = None,
        resolve: Resolve = addresses_of,
    ) -> None:
        """Believe the certificates of `environment`; hosts in `trusted` may be in our own network."""
        self._context = trust(environment)
        self._trusted = frozenset(trusted)
        self._patience = patience or Patience()
        self._resolve = resolve

    def post(self, url: str, content: bytes, headers: Mapping[str, str], at: datetime) -> Reply | Receipt:
        """Return the answer to a request, or the receipt of there being none."""
        try:
            there = pinned(url, self._trusted, self._resolve)
        except NotPublic as error:
            return Receipt(outcome=Outcome.REFUSED, reason=error.message)
        except OSError:
            return Receipt(outcome=Outcome.LATER, reason=_RESOLVING)
        try:
            target = httpx.URL(url)
        except httpx.InvalidURL:
            return Receipt(outcome=Outcome.REFUSED, reason="This is no web address.")
        host, port = there.place.host, there.place.port
        shown = f"[{host}]" if ":" in host else host
        standard = port == (443 if target.scheme == "https" else 80)
        named = {**headers, "user-agent": agent(), "host": shown if standard else f"{shown}:{port}"}
        result: Reply | Receipt = Receipt(outcome=Outcome.LATER, reason=_RESOLVING)
        with httpx.Client(verify=self._context, trust_env=False, follow_redirects=False) as client:
            for address in there.addresses[:MOST]:
                result = post(
                    client,
                    target.copy_with(host=str(address), port=port),
                    content=content,
                    headers=named,
                    patience=self._patience,
                    extensions={"sni_hostname": host},
                )
                if isinstance(result, Reply) or result.outcome is not Outcome.LATER:
                    break
        return result

    def close(self) -> None:
        """Nothing is kept open."""
