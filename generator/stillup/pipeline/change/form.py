"""A form of a code host, as a command: an issue, a started workflow, or what GitLab says of an issue.

What stands in a form is somebody else's text. It is taken apart here and never becomes part of a command line.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from stillup.errors import StillupError
from stillup.frozen import dataclass

REPORT = "outage-report"
"""The label of an issue in which anybody says that something does not work."""

ACTIONS = ("open", "update", "resolve")
_LABELS = {f"incident-{action}": action for action in ACTIONS}
_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_HEADING = re.compile(r"### (.+?)[ \t]*").fullmatch
_SILENT = ("_no response_", "none chosen", "-")
_WORDS = ("title", "severity", "status", "message", "incident", "next_update", "anyway")
_TEXTS = ("impact_text", "scope", "workaround", "resolution", "data_loss", "monitoring", "summary", "next_steps")
_ASKED = frozenset({*_WORDS, *_TEXTS, "components", "component", "what_happens"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What somebody filled in."""

    action: str
    """open, update, resolve, or outage-report."""

    fields: Mapping[str, str]
    """By the label of the question as a word: `next_update`. Questions without an answer are not there."""

    url: str = ""
    """Where it can be read."""


def form(text: str) -> Form:
    """Return the form in the JSON of an event.

    Raises:
        StillupError: it is no event with a form, or its author may not speak for the page.
    """
    try:
        event = json.loads(text)
    except json.JSONDecodeError as error:
        raise StillupError(f"The event is not JSON: {error}.") from None
    if not isinstance(event, dict):
        raise StillupError("The event is not a JSON object.")
    if isinstance(event.get("inputs"), dict):
        fields = _answered({str(key): str(value or "") for key, value in event["inputs"].items()})
        action = fields.get("action", "")
        if action not in ACTIONS:
            raise StillupError(f'The input action is "{action}". Use {", ".join(ACTIONS)}.')
        return Form(action=action, fields=fields)
    issue = event.get("issue") or event.get("object_attributes")
    if not isinstance(issue, dict):
        raise StillupError("The event has no inputs and no issue.")
    return _of_issue(issue, github="issue" in event)


def _of_issue(issue: Mapping[str, Any], *, github: bool) -> Form:
    labels = [
        str(each.get("name") or each.get("title")) for each in issue.get("labels") or () if isinstance(each, dict)
    ]
    body = str(issue.get("body") or issue.get("description") or "").replace("\r\n", "\n")
    url = str(issue.get("html_url") or issue.get("url") or "")
    fields = {"heading": str(issue.get("title") or ""), **answers(body)}
    if REPORT in labels:
        return Form(action=REPORT, fields=fields if len(fields) > 1 else {**fields, "message": body}, url=url)
    found = [_LABELS[label] for label in labels if label in _LABELS]
    if len(found) != 1:
        raise StillupError(f"The issue has none, or several, of the labels {', '.join([*_LABELS, REPORT])}.")
    if github and issue.get("author_association") not in _TRUSTED:
        raise StillupError("The author of the issue is no member of the project, so it changes nothing.")
    return Form(action=found[0], fields=fields, url=url)


def answers(body: str) -> dict[str, str]:
    """Return the answers in the Markdown of an issue that was made by a form: `### Question`, then the answer."""
    found: dict[str, str] = {}
    name = ""
    for line in body.split("\n"):
        heading = _HEADING(line)
        word = re.sub(r"\W+", "_", heading[1].lower()).strip("_") if heading else ""
        # A heading that is no question of ours, or one that was answered, is a part of somebody's answer.
        if word in _ASKED and word not in found:
            name = word
            found[name] = ""
        elif name:
            found[name] += f"{line}\n"
    return _answered(found)


def _answered(fields: Mapping[str, str]) -> dict[str, str]:
    found = {name: value.strip() for name, value in fields.items()}
    return {name: value for name, value in found.items() if value and value.lower() not in _SILENT}


def arguments(form: Form) -> list[str]:
    """Return the words of the command that the form stands for; each answer is one word, whatever is in it."""
    fields = dict(form.fields)
    words = [form.action]
    for line in re.split(r"[\n,]", fields.get("components", "")):
        if line.strip(" -*\t"):
            words.append(f"--component={line.strip(' -*' + chr(9))}")
    for name in _WORDS:
        if name in fields and name not in ("title", "incident") and not (form.action == "resolve" and name in _OTHERS):
            value = fields[name].split(" ")[0] if name in ("severity", "status") else fields[name]
            words.append(f"--{name.replace('_', '-')}={value}")
    words += [f"--text={name}={fields[name]}" for name in _TEXTS if name in fields]
    named = fields.get("title") if form.action == "open" else fields.get("incident")
    if form.action == "resolve":
        words = [word for word in words if not word.startswith("--component=")]
    return [*words, "--", named] if named else words


_OTHERS = ("severity", "status", "next_update")
"""Answers of which a last word has no need."""
