"""Whether records name components and groups that there are."""

from stillup.records.finding import Findings, Told
from stillup.records.inventory import Components
from stillup.records.moment import civil, utc
from stillup.records.reading import MANY
from stillup.records.refusal import nearest


def known(told: Told, components: Components, zone: str, findings: Findings) -> None:
    """Find names in `told.update.components` that lead nowhere at its time."""
    update = told.update
    for name in update.components:
        if len(findings.problems) > MANY:
            break
        loc = (*told.loc, "components", name)
        if name.startswith("group:"):
            slug = name.removeprefix("group:")
            if slug not in components.by_group:
                near = nearest(slug, components.by_group)
                findings.say(
                    told.document,
                    loc,
                    f'There is no group "{slug}".',
                    _offered(f"group:{near}" if near else "", "group"),
                    code="reference",
                    at_key=True,
                )
            elif not components.members(slug, update.at, zone):
                findings.say(
                    told.document,
                    loc,
                    f'The group "{slug}" has no component at {utc(update.at)}.',
                    "Name the components themselves.",
                    code="reference",
                    at_key=True,
                )
            continue
        component = components.by_id.get(name)
        if component is None:
            if name in components.by_group:
                fix = f'Write "group:{name}" for the group.'
            else:
                fix = _offered(nearest(name, components.by_id), "component")
            findings.say(told.document, loc, f'There is no component "{name}".', fix, code="reference", at_key=True)
        elif component.until is not None and component.until <= civil(update.at, zone):
            message, fix = f'The component "{name}" ended on {component.until}.', "Name what took its place."
            findings.warn(told.document, loc, message, fix, code="reference")


def _offered(near: str, kind: str) -> str:
    if near:
        return f"Did you mean {near}?"
    return (
        "Write the id of one, which is the name of its file below components/ without .yml; one that is no more keeps "
        "its file, with until: and the day."
        if kind == "component"
        else ("Write the id of one from components/_groups.yml, or of one that components name.")
    )
