"""Where bytes of strangers come in. Each target takes any bytes and is content or says why not; else it raises."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs

from stillup.errors import StillupError
from stillup.intake import capture, cstate, feed, statuspage
from stillup.intake.alert.notification import SOURCES, alerts
from stillup.intake.alert.signature import genuine
from stillup.intake.outcome import Report
from stillup.records.reading import read
from stillup.records.subscriber import CHANNELS
from stillup.subscribers.bounce import reports
from stillup.subscribers.token import Keys, Scope
from stillup.subscribers.wish import wish
from stillup.views.markdown import body
from tests.machine import ROOT

CRASHES = Path(__file__).parent / "crashes"
"""By target: inputs that once raised what nobody said."""

_ID = "k3v9"
_AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)
_KEYS = Keys(b"k" * 32)
_TOKEN = _KEYS.sign(Scope.CONFIRM, _ID)


def records(data: bytes) -> None:
    """Read YAML as a record is read: what cannot be read is a problem with its place."""
    document, problems = read(data, "incidents/x.yml")
    assert document is not None or problems
    assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in problems)


def markdown(data: bytes) -> None:
    """Make HTML and text of Markdown; nothing in it is live."""
    made = body(data.decode("utf-8", "replace"), "https://status.example.com/")
    html = str(made.html).lower()
    assert not any(f"<{tag}" in html for tag in ("script", "iframe", "style", "object", "form")), html


def notifications(data: bytes) -> None:
    """Take in an alert of each source."""
    for source in ("alertmanager", "grafana", "pagerduty", "generic"):
        _content(lambda source=source: alerts(source, data))  # type: ignore[misc]


def feeds(data: bytes) -> None:
    """Take in somebody's Atom or RSS."""
    _content(lambda: feed.harvest(data, "feed.xml", Report(), {}))


def tokens(data: bytes) -> None:
    """Take the token of a link: made up, altered, and signed with our key whatever it says."""
    said = data.decode("utf-8", "replace")
    assert _good(said) <= {(Scope.CONFIRM, _ID)}, said  # the seed that is one of ours, should it come out whole
    altered = _altered(_TOKEN, data)
    assert altered == _TOKEN or not _good(altered), altered
    for scope in Scope:
        signed = _KEYS.sign(scope, said)
        assert _good(signed) <= {(scope, said)}, signed
        late = _KEYS.sign(scope, _ID, _AT - timedelta(seconds=1 + len(data)))
        assert not _good(late), late


def forms(data: bytes) -> None:
    """Take the form of somebody who subscribes by any channel: what has no problem can be kept."""
    form = parse_qs(data.decode("utf-8", "replace"), keep_blank_values=True)
    for channel in CHANNELS:
        asked = wish(form, channels=(channel,), components=("cards", "group:all"), languages=("en", "de"))
        assert asked.problems or (asked.address and asked.key and asked.address.isprintable()), asked


def bounces(data: bytes) -> None:
    """Take a report of bounces: signed by us, and signed as `data` says."""
    now = str(int(_AT.timestamp()))
    made = b64encode(hmac.digest(b"s" * 32, f"m.{now}.".encode() + data, "sha256")).decode()
    signed = {"webhook-id": "m", "webhook-timestamp": now, "webhook-signature": f"v1,{made}"}
    with suppress(ValueError):
        assert all(channel in CHANNELS and key for channel, key, _ in reports(signed, data, "s" * 32, _AT))
    id, stamp, signature, *_ = (*data.decode("latin-1").split("\n", 3), "", "", "")
    with suppress(ValueError):
        reports({"svix-id": id, "svix-timestamp": stamp, "svix-signature": signature}, b"{}", "s" * 32, _AT)
        raise AssertionError("it was taken without a signature of ours")
    headers = {f"webhook-{name}": value for name, value in (("id", id), ("timestamp", stamp), ("signature", signature))}
    headers |= {f"x-grafana-alerting-{name}": value for name, value in (("timestamp", stamp), ("signature", signature))}
    headers |= {"x-pagerduty-signature": signature, "authorization": id}
    assert not any(genuine(source, b"{}", headers, "s" * 32, _AT) for source in SOURCES)


def histories(data: bytes) -> None:
    """Take in the history of another page: Statuspage's JSON, cState's posts, Upptime's issues."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "content" / "issues").mkdir(parents=True)
        (folder / "history").mkdir()
        (folder / "config.yml").write_text("title: Page\nparams: {systems: [{name: API}]}\n")
        (folder / "content" / "issues" / "a.md").write_bytes(data)
        (folder / "incidents.json").write_bytes(data)
        _content(lambda: cstate.harvest(folder, Report(), {}))
        _content(lambda: statuspage.harvest(capture.read(folder), Report(), {}))


def _good(token: str) -> set[tuple[Scope, str]]:
    found = {(scope, _KEYS.subject(token, scope, _AT)) for scope in Scope}
    return {(scope, id) for scope, id in found if id is not None}


def _altered(token: str, data: bytes) -> str:
    """Put the bytes from the third on in the place of as many letters as the second says, where the first says."""
    if len(data) < 2:
        return token
    begin = data[0] % (len(token) + 1)
    return token[:begin] + data[2:].decode("latin-1") + token[begin + data[1] % 8 :]


def _content(take: Callable[[], object]) -> None:
    try:
        take()
    except StillupError as error:
        assert str(error)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "records": records, "markdown": markdown, "notifications": notifications, "feeds": feeds, "tokens": tokens,
    "forms": forms, "bounces": bounces, "histories": histories,
}  # fmt: skip


def seeds(name: str) -> Iterator[bytes]:
    """Yield inputs to begin with: of the example and of the tests."""
    if name == "records":
        yield from (path.read_bytes() for path in sorted((ROOT / "incidents").rglob("*.yml"))[:8])
        yield from (
            b"a: &x [*x]\n",
            b"!!python/object:os.system {}\n",
            b"[" * 64,
            b"a: \xff\n",
            b"\xef\xbb\xbfa: 1\r\n",
        )
    elif name == "markdown":
        yield from (b"# A\n\n[x](javascript:alert(1)) <script>1</script>\n", b"| a |\n|--|\n", b"> " * 60, b"`" * 40)
        yield b"![x](//example.com/a.png)\n\n1. a\n   * b\n\n~~~\n</textarea>\n~~~\n"
    elif name == "notifications":
        yield b'{"alerts":[{"status":"firing","labels":{"alertname":"x"},"startsAt":"2026-11-20T10:00:00Z"}]}'
        yield b'{"id":"x","status":"firing","startsAt":"2026-11-20T10:00:00Z","severity":"critical"}'
        yield b'{"event":{"event_type":"incident.triggered","occurred_at":"2026-11-20T10:00:00Z","data":{"id":"P"}}}'
        yield b'{"routing_key":"x","event_action":"trigger","payload":{"summary":"s","source":"a","severity":"error"}}'
    elif name == "feeds":
        yield (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>i</id><title>[Resolved] x</title>'
            b"<updated>2026-11-20T10:00:00Z</updated><content type='html'>&lt;p&gt;x&lt;/p&gt;</content></entry></feed>"
        )
        yield (
            b"<rss><channel><title>t</title><item><title>x</title><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate>"
            b"<description>d</description></item></channel></rss>"
        )
    elif name == "tokens":
        yield from (_TOKEN.encode(), _TOKEN.encode()[:-1], b"a.b.c", _ID.encode(), b"\x00\x01m", b"\x07\x01-")
        yield bytes([len(_TOKEN) - 1, 1]) + b"A"
    elif name == "forms":
        yield b"channel=email&address=ada@example.com&components=cards&kinds=incident&impact=major&follow=digest"
        yield b"address=%2B15551234567&language=de&timezone=Europe/Berlin&incident=a-b"
        yield b"address=https://hooks.example.com/status?a=b%23c&components=group:all&kinds=incident&kinds=maintenance"
        yield b"address=https://hooks.slack.com/services/T0/B0/x&impact=&follow=all"
    elif name == "bounces":
        yield b'{"type":"email.bounced","data":{"to":["ada@example.com"],"bounce":{"type":"Permanent"}}}'
        yield b'{"type":"complaint","data":{"channel":"sms","address":"+15551234567"}}'
        yield f"m\n{int(_AT.timestamp())}\nv1,AAAA v1,BBBB".encode()
    else:
        yield (
            b'{"page":{"id":"a","name":"n"},"incidents":[{"id":"9tpgqq1h4bs0","name":"x","status":"resolved","impact":'
            b'"major","created_at":"2026-07-30T08:00:00Z","incident_updates":[{"id":"7f4jmtk5hld0","status":"resolved",'
            b'"body":"x","created_at":"2026-07-30T09:00:00Z","display_at":"2026-07-30T09:00:00Z"}]}]}'
        )
        yield (
            b"---\ntitle: Mails late\ndate: 2026-07-30 08:00:00\nresolved: true\nresolvedWhen: 2026-07-30 09:00:00\n"
            b'severity: down\naffected: [API]\nsection: issue\n---\n*Monitoring* - text {{< track "08:30" >}}\n'
        )
    yield b""
    yield b"\x00\xff\xfe"
