"""Episodes to what could be written: an incident in fixed words, or the states of a component.

Nothing of an alert's own words gets in: annotations and labels hold names of machines, and this may be published.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from stillup.catalogue import Catalogue
from stillup.frozen import dataclass
from stillup.intake.alert.episode import Episode
from stillup.records.alert_rule import Publish
from stillup.records.moment import stamp, utc
from stillup.vocabulary import ComponentStatus, Severity, UpdateStatus

PREFIX = "alert-"
"""How ids of updates begin that no person wrote."""

ALERTS = "alerts"
"""How a record says that monitoring noticed."""

_NOT_OURS = (Severity.P0, Severity.P1)
"""Classes that no machine resolves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One update in fixed words."""

    id: str
    at: datetime
    status: UpdateStatus
    state: ComponentStatus
    body: str
    changed: datetime | None = None
    """When the component changed, where that was before: how long all had to be quiet is no part of the trouble."""

    ended: datetime | None = None
    """Of a resolution: when the last alert ended."""

    def facts(self, component: str) -> dict[str, object]:
        """Return the update as a file has it."""
        changed = {} if self.changed is None else {"changed_at": utc(self.changed)}
        return {
            "id": self.id,
            "at": utc(self.at),
            "status": self.status.value,
            "components": {component: self.state.value},
            **changed,
            "body": self.body,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One incident as the alerts alone tell it."""

    id: str
    component: str
    title: str
    publish: Publish
    severity: Severity | None
    began: datetime
    words: tuple[Word, ...]
    """Oldest first."""

    still: Word | None = None
    """That it goes on: for the instant of the run, where its end was told before all was heard. None once quiet."""

    made_by: str = ALERTS
    """Who noticed."""

    def facts(self) -> dict[str, object]:
        """Return the record as a file has it."""
        facts: dict[str, object] = {"title": self.title}
        if self.severity is not None:
            facts["severity"] = self.severity.value
        facts["started_at"] = utc(self.began)
        if (ended := self.words[-1].ended) is not None:
            facts["ended_at"] = utc(ended)
        facts["source"] = {"made_by": self.made_by}
        facts["updates"] = [word.facts(self.component) for word in self.words]
        return facts


def remark(id: str, made_by: str = ALERTS) -> str:
    """Return the comment at the head of a draft, which says what becomes of it."""
    said = f"# Proposed from {made_by}. `stillup incident accept {id}` makes it a record. "
    return f"{said}Once a line is changed here by hand,\n# {made_by} change nothing more.\n"


def identity(component: str, began: datetime) -> str:
    """Return the id of the incident of an episode."""
    return f"{began:%Y-%m-%d}-{component}-{began:%H%M}"


def proposals(found: Iterable[Episode], names: dict[str, str], words: Catalogue, at: datetime) -> list[Proposal]:
    """Return an incident for each of `found`, one component's episodes oldest first; those soon after one join it."""
    result: list[Proposal] = []
    before: Episode | None = None
    for episode in found:
        again = (
            before is not None
            and before.over is not None
            and episode.opened - before.over <= episode.rule.reopen_within
        )
        name = names[episode.component]
        told = _words(episode, name, words, at, again=again)
        still = None
        if episode.quiet is None:
            still = _word(words, name, "again", at, UpdateStatus.INVESTIGATING, episode.states[-1][1])
        if again:
            earlier = result[-1]
            worse = min((s for s in (earlier.severity, episode.severity) if s), default=None)
            result[-1] = replace(earlier, words=(*earlier.words, *told), severity=worse, still=still)
        else:
            result.append(
                Proposal(
                    id=identity(episode.component, episode.began),
                    component=episode.component,
                    title=words.say("intake.title", component=names[episode.component]),
                    publish=episode.rule.publish,
                    severity=episode.severity,
                    began=episode.began,
                    words=told,
                    still=still,
                )
            )
        before = episode
    return result


def _word(
    words: Catalogue, name: str, kind: str, moment: datetime, status: UpdateStatus, state: ComponentStatus
) -> Word:
    body = words.say(f"intake.{kind}", component=name)
    return Word(id=f"{PREFIX}{kind}-{stamp(moment)}", at=moment, status=status, state=state, body=body)


def _words(episode: Episode, name: str, words: Catalogue, at: datetime, *, again: bool) -> tuple[Word, ...]:
    word = partial(_word, words, name)
    looking = UpdateStatus.INVESTIGATING
    first, *worse = episode.states
    told = [word("again" if again else "opened", episode.opened, looking, first[1])]
    if episode.intermittent is not None and episode.intermittent <= at:
        told.append(word("intermittent", max(episode.intermittent, episode.opened), looking, episode.states[-1][1]))
    told += [word("worse", moment, looking, state) for moment, state in worse]
    told.sort(key=lambda each: each.at)
    if episode.over is not None:
        quiet = word("monitoring", episode.over, UpdateStatus.MONITORING, ComponentStatus.OPERATIONAL)
        told.append(replace(quiet, changed=episode.quiet))
        closing = episode.over + episode.rule.resolve_after
        if closing <= at and episode.severity not in _NOT_OURS:
            resolved = word("resolved", closing, UpdateStatus.RESOLVED, ComponentStatus.OPERATIONAL)
            told.append(replace(resolved, ended=episode.quiet))
    return tuple(told)


def states(found: Sequence[Episode], source: str) -> list[dict[str, object]]:
    """Return the `states` of a component over `found`, oldest first, as its file has them."""
    result: list[dict[str, object]] = []
    for episode in found:
        changes = [*episode.states]
        if episode.over is not None:
            changes.append((episode.quiet or episode.over, ComponentStatus.OPERATIONAL))
        result += [{"at": utc(moment), "status": status.value, "source": source} for moment, status in changes]
    return result
