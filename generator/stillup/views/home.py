"""The home page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup

from stillup.views.banner import overall_state, sentence
from stillup.views.board import Board
from stillup.views.days import ledger
from stillup.views.edition import Edition, iso
from stillup.views.headline import dated
from stillup.views.incident import IncidentView
from stillup.views.listing import Headline
from stillup.views.margin import axis, built, history
from stillup.views.outlook import Outlook, turns
from stillup.views.page import Front, Home
from stillup.views.plan import coming as planned
from stillup.views.plan import running
from stillup.views.row import rows
from stillup.views.rule import rule
from stillup.views.shape import Time
from stillup.views.subscribe import means
from stillup.vocabulary import Impact, Kind

SHOWN = 3
"""How many updates of an open incident are shown before the older ones fold."""

_STATES = ("ok", "none", "maint", "degraded", "partial", "major")
"""Keys of states, the worst last."""

RECENT = 15
A_DAY = 10
"""How many events of one recent day are listed; the month's page has them all."""

PLANNED = 5


def home(
    edition: Edition,
    board: Board,
    open_views: Sequence[IncidentView],
    headlines: Mapping[str, Headline],
    coming: Sequence[Outlook] = (),
) -> Home:
    """Return the home page.

    `open_views` are all incidents and maintenances that are not over; `headlines`, by id, those of the last 15 days
    and of everything behind a bad day of the bars. More of them does no harm. `coming` is what the clock will change.
    """
    incidents = _worst_first(open_views)
    maintenances = [view for view in open_views if view.kind == Kind.MAINTENANCE]
    now = running(edition, maintenances)
    front = _front(edition, board, open_views, headlines)
    state, said = front.overall, front.line
    return Home(
        title=state.word,
        description=edition.words.say("home.description", overall=state.word, line=said),
        overall=state,
        indicator=board.overall.indicator,
        headline=state.word,
        line=said,
        promise=incidents[0].promise if incidents else None,
        open=tuple([_near(edition, view) for view in incidents]),
        earlier=tuple([_earlier(edition, view) for view in incidents]),
        running=tuple([event for _, event in now]),
        planned=planned(edition, maintenances, PLANNED),
        axis=axis(edition),
        groups=rows(edition, board, headlines, coming),
        rule=rule(edition, edition.settings.history_days),
        days=ledger(edition, headlines.values(), edition.today - timedelta(days=RECENT - 1), edition.today, most=A_DAY),
        history=history(edition),
        built=built(edition),
        ways=means(edition),
        turns=turns(front, ((each, _front(each.edition, each.board, each.views, headlines)) for each in coming)),
    )


def _front(
    edition: Edition, board: Board, open_views: Sequence[IncidentView], headlines: Mapping[str, Headline]
) -> Front:
    state = overall_state(edition, board)
    at_work = [view for view, _ in running(edition, [view for view in open_views if view.kind == Kind.MAINTENANCE])]
    said = sentence(edition, board, _worst_first(open_views), at_work, headlines.values())
    return Front(overall=state, headline=state.word, line=said)


def _worst_first(open_views: Sequence[IncidentView]) -> list[IncidentView]:
    incidents = [view for view in open_views if view.kind == Kind.INCIDENT]
    incidents.sort(key=lambda view: (Impact(view.impact).rank, _now(view), view.started, view.id), reverse=True)
    return incidents


def _now(view: IncidentView) -> int:
    """Return how bad it is at this moment: what is only watched does not stand before what is down."""
    return _STATES.index(view.affected[0].state.key) if view.affected else 0


def _earlier(edition: Edition, view: IncidentView) -> str:
    count = len(view.updates) - SHOWN
    return edition.words.count("site.earlier", count) if count > 0 else ""


def _near(edition: Edition, view: IncidentView) -> IncidentView:
    """Return an open incident for readers of today: times of today without their date, others without the year."""
    updates = [replace(update, time=edition.clock(update.at, edition.today)) for update in view.updates]
    since = edition.words.moment(edition.local(view.started), "weekday")
    if edition.local(view.started).year != edition.today.year:
        since = edition.words.moment(edition.local(view.started))
    html = Markup('<time datetime="{}">{}</time>').format(iso(view.started), since)
    facts = [replace(fact, html=html, text=since) if fact.key == "since" else fact for fact in view.facts]
    promise = view.promise
    if promise is not None:
        promise = replace(promise, time=Time(iso=promise.time.iso, text=edition.clock(promise.due, edition.today).text))
    return replace(view, updates=tuple(updates), facts=tuple(facts), promise=promise, note=dated(edition, view))
