"""What cannot be true of components: of one alone, and of all beside each other."""

from collections.abc import Mapping, Set

from stillup.fix import Fix, Way
from stillup.records.component import ComponentFacts
from stillup.records.document import Document
from stillup.records.finding import Findings
from stillup.records.inventory import Components
from stillup.records.moment import utc
from stillup.records.refusal import nearest
from stillup.vocabulary import ComponentStatus


def of_component(written: ComponentFacts, document: Document, findings: Findings) -> None:
    """Find what contradicts itself within one component."""
    if written.since is not None and written.until is not None and written.until <= written.since:
        message = "The component ends before it begins."
        findings.say(document, ("until",), message, f"Write a day after {written.since}, or leave until out.")
    for index in range(1, len(written.states)):
        before, state = written.states[index - 1], written.states[index]
        if state.at < before.at:
            message = f"This change stands below one of {utc(before.at)} and is older."
            findings.say(document, ("states", index, "at"), message, Fix(Way.LATER_CHANGE, "."), code="order")
    if written.status is not None and written.status is not ComponentStatus.OPERATIONAL:
        message = f"It is {written.status} since nobody knows when, so that no day and no uptime show it."
        line = f"states: [{{at: 2026-11-20T10:12:00Z, status: {written.status}}}]"
        findings.warn(document, ("status",), message, f"Write {line} with the right time instead.")
    if written.vendor:
        page = written.vendor.get("statuspage")
        if page is None:
            message = "The vendor has no status page."
            findings.say(
                document, ("vendor", "statuspage"), message, "Write statuspage: and its address.", code="missing"
            )
        elif not page.startswith(("https://", "http://")):
            message = f'"{page}" is not a web address.'
            findings.say(
                document,
                ("vendor", "statuspage"),
                message,
                "Write it whole, as in https://status.example.com.",
                code="value",
            )


def together(
    components: Components, documents: Mapping[str, Document], groups: Set[str] | None, findings: Findings
) -> None:
    """Find groups that are not in `groups` (None: there is no list of them) and names that stand twice."""
    names: dict[tuple[str | None, str], str] = {}
    for component in components.components:
        document = documents[component.id]
        if groups is not None and component.group is not None and component.group not in groups:
            near = nearest(component.group, groups)
            fix = f"Did you mean {near}?" if near else "Add it to the list, or write one that stands there."
            message = f'The group "{component.group}" is not in components/_groups.yml.'
            findings.say(document, ("group",), message, fix, code="reference")
        name = (component.group, component.name.casefold())
        first = names.setdefault(name, component.id)
        if first != component.id:
            message = f"{documents[first].file} has the same name{' in the same group' if component.group else ''}."
            findings.warn(document, ("name",), message, "Write names that customers can tell apart.")
