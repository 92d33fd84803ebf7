"""Records of an incident that is told well, to be told badly in one place each."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent

from stillup.pipeline.judging.lint import Linted, lint

AT = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
SETTINGS = """
site_url: https://status.example.com/
plugins:
  - stillup:
      organisation: Advancia Pay Ledger
      timezone: {zone}
      languages: [{languages}]
      support: {{email: support@example.com}}
      lint: {{{levels}}}
"""


def root(folder: Path, *records: str, languages: str = "en", levels: str = "", zone: str = "UTC") -> Path:
    """Write a page with three components and `records`, in order `first.yml`, `second.yml` ..."""
    (folder / "components").mkdir(parents=True)
    (folder / "incidents").mkdir()
    (folder / "mkdocs.yml").write_text(SETTINGS.format(languages=languages, levels=levels, zone=zone))
    (folder / "components" / "payments.yml").write_text("name: Payments\n")
    (folder / "components" / "dashboard.yml").write_text("name: Dashboard\n")
    (folder / "components" / "batch.yml").write_text("name: Batch\nshow: never\n")
    for name, text in zip(("first", "second"), records, strict=False):
        (folder / "incidents" / f"{name}.yml").write_text(text)
    return folder


def told(
    body: str,
    *,
    status: str = "investigating",
    at: str = "2026-11-20T10:15:00Z",
    state: str = "partial_outage",
    more: str = "next_update_in: 30m",
) -> str:
    """Return one update as it stands in a file."""
    lines = [f"- at: {at}", f"  status: {status}", f"  components: {{payments: {state}}}", "  body: |"]
    return "\n".join([*lines, indent(body, "    "), indent(more, "  ")]) + "\n"


def record(*updates: str, head: str = "title: Payments fail at checkout\nseverity: P1") -> str:
    """Return a record of `updates`."""
    return f"{head}\nupdates:\n" + indent("".join(updates), "  ")


GOOD = "Since 10:05 UTC, about 40 % of card payments fail. We are looking for the cause."
CLOSING = "Payments work again since 10:40 UTC. We are sorry for the payments that failed. No payment was lost."
RESOLVED = {"status": "resolved", "state": "operational", "more": "monitoring: We watch Payments until 12:00 UTC."}


def run(folder: Path, *records: str, **settings: str) -> Linted:
    return lint(root(folder / "page", *records, **settings), at=AT, everything=True)


def codes(linted: Linted) -> set[str]:
    return {finding.code for finding in linted.judged.findings}


def opening(body: str, head: str = "title: Payments fail at checkout\nseverity: P1", **fields: str) -> str:
    return record(told(body, **fields), head=head)
