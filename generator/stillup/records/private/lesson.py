"""What was learned of an incident: why it happened, how it was reviewed, what is to be done."""

from stillup.frozen import dataclass
from stillup.records.field import Day, Id, Line, Moment, Text
from stillup.records.mark import Strict
from stillup.vocabulary import ActionState, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause(Strict):
    """Why it happened."""

    immediate: Text = ""
    """The direct trigger."""

    contributing: tuple[Text, ...] = ()
    """What made it possible."""

    root: Text = ""
    """The fundamental issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Strict):
    """The internal postmortem: its meeting, and what was written."""

    scheduled_for: Moment | None = None
    """When the meeting is to take place."""

    held_at: Moment | None = None
    """When it took place."""

    attendees: tuple[Line, ...] = ()
    """Who was there, as roles."""

    minutes: Line = ""
    """Where that can be looked up: needed once `held_at` is written."""

    documented_at: Moment | None = None
    """When the document was complete."""

    document: Line = ""
    """Where it is: needed once `documented_at` is written."""

    went_well: tuple[Text, ...] = ()
    """What went well."""

    went_poorly: tuple[Text, ...] = ()
    """What went poorly."""

    lessons: tuple[Text, ...] = ()
    """What was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem(Strict):
    """Something to be done so that it does not happen again."""

    id: Id
    """Its short name, unique in the file."""

    title: Line
    """What is to be done."""

    owner: Line
    """Who does it, as a role."""

    due: Day
    """The last day on which it is in time, in the page's zone."""

    priority: Severity = Severity.P2
    """How urgent it is."""

    state: ActionState = ActionState.OPEN
    """What became of it."""

    evidence: Line = ""
    """Where it can be seen that it is done, or why it was dropped: needed for both."""
