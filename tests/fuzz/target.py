"""Where bytes of strangers come in. Each target takes any bytes and is content or says why not; else it raises."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from stillup.errors import StillupError
from stillup.intake import feed
from stillup.intake.alert.notification import alerts
from stillup.intake.outcome import Report
from stillup.records.reading import read
from stillup.subscribers.token import Keys, Scope
from stillup.views.markdown import body
from tests.machine import ROOT

CRASHES = Path(__file__).parent / "crashes"
"""By target: inputs that once raised what nobody said."""

_AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)
_KEYS = Keys(b"k" * 32)


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
    """Take the token of a link: of what others make up none is good."""
    said = data.decode("utf-8", "replace")
    assert all(_KEYS.subject(said, scope, _AT) is None for scope in Scope)


def _content(take: Callable[[], object]) -> None:
    try:
        take()
    except StillupError as error:
        assert str(error)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "records": records, "markdown": markdown, "notifications": notifications, "feeds": feeds, "tokens": tokens,
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
    else:
        yield _KEYS.sign(Scope.CONFIRM, "k3v9").encode()[:-1]
        yield b"a.b.c"
    yield b""
    yield b"\x00\xff\xfe"
