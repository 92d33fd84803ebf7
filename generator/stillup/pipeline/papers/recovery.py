"""The disaster recovery kit of a page: its texts are its own templates, filled with blanks."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from stillup import catalogue
from stillup.catalogue import INSIDE, Catalogue
from stillup.errors import RecordError
from stillup.messages.template import INTERNAL, VARIABLES
from stillup.messages.wording import ABSENT, Said, Wording
from stillup.pipeline.git.commit import commit
from stillup.pipeline.papers.clock import read
from stillup.pipeline.papers.paper import Made, made
from stillup.records.folder import contents
from stillup.records.private import store as private_store
from stillup.records.settings import Settings
from stillup.reports.paper.recovery import RUNBOOK, Draft, recovery
from stillup.vocabulary import UpdateStatus

TRIGGERS = ("region", "database", "everything")
"""The plan's three, as the catalogue spells them."""

_STAGES = (
    ("opened", UpdateStatus.INVESTIGATING),
    ("updated", UpdateStatus.IDENTIFIED),
    ("resolved", UpdateStatus.RESOLVED),
)
_STAKEHOLDERS = ("partners", "board", "investors", "media")
_BLANKS = ("services", "affected", "started", "time", "duration", "promise", "page", "severity", "commander",
           "affected_users", "financial", "recovery")  # fmt: skip


def kit(root: Path, *, at: datetime) -> Made:
    """Return the kit of the page at `root`, with the roster as of `at`.

    Raises:
        RecordError: a record, a template or the runbook cannot be used.
    """
    records, private, _ = read(root)
    settings, head = records.settings, commit(root)
    folder = private_store.folder(root, settings)
    text = ""
    if (folder / RUNBOOK).is_file():
        data, problem = contents(folder, RUNBOOK)
        if problem is not None:
            raise RecordError([problem])
        text = data.decode("utf-8-sig", "replace")
    paper = recovery(settings, private, text, list(_drafts(root, settings)), at, head)
    place = settings.private.rstrip("/")
    return made(root, settings, paper, folder / "reports" / "recovery", place, at, head)


def _drafts(root: Path, settings: Settings) -> Iterator[Draft]:
    words = _spoken(catalogue.words(settings.languages[0]))
    wording = Wording(root / "messages")
    for trigger in TRIGGERS:
        called = words.say(f"recovery.{trigger}.name")
        for stage, status in _STAGES:
            seen = _seen(words, settings, trigger, stage, status)
            kind = f"incident_{stage}"
            mail = wording.text(kind, "customers", seen, disaster=True)
            title = f"{called}: {words.say(f'recovery.stage.{stage}')}"
            yield Draft(trigger=trigger, title=f"{title}, mail and page", text=_whole(mail))
            if stage == "opened":
                head, rest = wording.short(kind, "customers", "sms", seen)
                yield Draft(trigger=trigger, title=f"{title}, text message and social media", text=f"{head} {rest}")
    for audience in _STAKEHOLDERS:
        seen = _seen(words, settings, "everything", "opened", UpdateStatus.INVESTIGATING, audience)
        said = wording.text("incident_opened", audience, seen, disaster=True)
        name = words.say(f"mail.audience.{audience}")
        yield Draft(trigger="", title=f"{name[:1].upper()}{name[1:]}", text=_whole(said))


def _spoken(own: Catalogue) -> Catalogue:
    """Return the page's own words, or English ones where those for insiders are not translated: never both in one."""
    return own if own.groups >= INSIDE else catalogue.words("en")


def _seen(
    words: Catalogue, settings: Settings, trigger: str, stage: str, status: UpdateStatus, audience: str = "customers"
) -> Mapping[str, object]:
    """Return what a template sees: the words written ahead, and blanks for what nobody can know yet."""
    blank = {name: words.say(f"recovery.blank.{name}") for name in _BLANKS}
    body = words.say(f"recovery.{trigger}.{stage}")
    told: dict[str, object] = {
        **dict.fromkeys(VARIABLES | INTERNAL, ABSENT),
        **blank,
        "duration": blank["duration"] if stage == "resolved" else ABSENT,
        "say": words.say,
        "kind": f"incident_{stage}",
        "stage": stage,
        "audience": audience,
        "state": "major",
        "shape": "",
        "band": words.say("state.major"),
        "status": words.say(f"status.{status}"),
        "language": words.language,
        "direction": words.direction,
        "organisation": settings.organisation or settings.site_name,
        "team": settings.team or words.say("masthead.team", organisation=settings.organisation or settings.site_name),
        "support_url": settings.support.url or ABSENT,
        "support_email": settings.support.email or ABSENT,
        "zone": settings.timezone,
        "title": words.say(f"recovery.{trigger}.title"),
        "body": body,
        "impact_text": words.say(f"recovery.{trigger}.impact"),
        "all_operational": stage == "resolved",
    }
    if stage == "updated":
        told |= {name: words.say(f"recovery.blank.{name}") for name in ("progress", "next_steps")}
    if stage == "resolved":
        told |= {name: words.say(f"recovery.blank.{name}") for name in ("resolution", "prevention", "data_loss")}
        told["promise"] = ABSENT
    return told


def _whole(said: Said) -> str:
    """Return a mail's subject and text, without what stands below its signature."""
    text = said.text.partition("\n-- \n")[0].strip()
    return f"{said.subject}\n\n{text}"
