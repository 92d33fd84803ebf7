"""The uptime table: every component and group over 30, 90 and 365 days and by month."""

from collections.abc import Iterator
from itertools import groupby

from stillup.views.board import months
from stillup.views.component import month_label, spans
from stillup.views.document import UptimeBook, UptimeDocument
from stillup.views.edition import Edition
from stillup.views.page import UptimePage, UptimeRow


def uptime_page(edition: Edition, book: UptimeBook) -> UptimePage:
    """Return the table of all living components with public uptime; its figures are those of the API."""
    words = edition.words
    columns = [words.count("component.days", count) for count in spans(edition)]
    columns += [month_label(edition, month, number == 0) for number, month in enumerate(months(edition.today))]
    return UptimePage(
        title=words.say("uptime.title"),
        description=words.say("uptime.description", organisation=edition.masthead.organisation),
        rule=book.rule.text,
        columns=tuple(columns),
        rows=tuple(_rows(edition, book)),
    )


def _rows(edition: Edition, book: UptimeBook) -> Iterator[UptimeRow]:
    groups = {each.id: each for each in book.groups}
    for slug, members in groupby([each for each in book.components if each.current], key=lambda each: each.group):
        if slug in groups:
            yield _row(edition, groups[slug])
        for each in members:
            yield _row(edition, each)


def _row(edition: Edition, told: UptimeDocument) -> UptimeRow:
    by_month = {each.month: each.percent for each in told.months}
    values = [_value(edition, share.percent, known=share.first is not None) for share in told.shares]
    values += [_value(edition, by_month.get(month), known=month in by_month) for month in months(edition.today)]
    return UptimeRow(name=told.name, place=told.place, group=not told.place, values=tuple(values))


def _value(edition: Edition, percent: int | None, *, known: bool) -> str:
    if not known:
        return edition.words.say("uptime.none")
    return edition.words.say("home.no_figure") if percent is None else edition.words.percent(percent)
