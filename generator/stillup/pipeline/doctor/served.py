"""The application at which people subscribe: whether it answers at its address, and so do links in messages."""

from collections.abc import Mapping

from stillup.delivery.wire import agent, trust
from stillup.pipeline.doctor.chart import Chart
from stillup.records.settings import Settings

_AT = ("serve", "url")


def look(chart: Chart, settings: Settings, environment: Mapping[str, str], *, offline: bool) -> None:
    """Ask the application how it is."""
    import httpx

    url = settings.serve.url.rstrip("/")
    if not url:
        return
    if offline:
        chart.note("offline", f"Whether {url}/ answers was not looked at.", "Run this without --offline.", *_AT)
        return
    try:
        reply = httpx.get(f"{url}/healthz", timeout=10.0, headers={"user-agent": agent()}, verify=trust(environment))
    except httpx.HTTPError:
        fix = "Run stillup serve behind that address, or correct it: links in messages lead there."
        chart.error("serve", f"{url}/ does not answer.", fix, *_AT)
        return
    said = reply.text.strip()[:40]
    if reply.status_code == 200 and said == "ok":
        chart.good(f"{url}/ answers: people can subscribe, and leave.")
    elif reply.status_code == 503 and said in ("no store", "alerts wait"):
        chart.error("serve", f"{url}/ answers that something is wrong: {said}.", "Look into its log.", *_AT)
    else:
        fix = "See that the proxy before it passes requests on to stillup serve."
        chart.error("serve", f"{url}/healthz is answered by something else (HTTP {reply.status_code}).", fix, *_AT)
