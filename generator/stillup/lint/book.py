"""Every rule, by id."""

from stillup.lint import duty, form, hour, impact, leak, maintenance, postmortem, progress, promise, wording
from stillup.lint.rule import Rule

_ROOMS = (duty, promise, impact, progress, wording, leak, hour, form, maintenance, postmortem)
RULES: tuple[Rule, ...] = tuple(sorted((rule for room in _ROOMS for rule in room.RULES), key=lambda rule: rule.id))

LEFT_OUT = {
    "C09": "whether two updates say the same is for people to judge",
    "C29": "mails, chats and feeds are made of one text, so they cannot disagree",
    "C30": "figures in prose are compared by nobody but people",
    "C44": "how many are told is counted from the subscribers, when a message is previewed or planned",
}
"""Rules of the list that no machine judges here, and why."""
