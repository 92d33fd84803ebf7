"""From one update to the messages that tell it."""

from collections.abc import Callable
from functools import partial

from stillup.catalogue import Catalogue
from stillup.messages.letter import letter
from stillup.messages.mail import mail
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient, Sender, sample_recipients, sender_of
from stillup.messages.webhook import webhook
from stillup.messages.wording import Wording
from stillup.views.incident import IncidentView, UpdateView
from stillup.views.masthead import Masthead


def messages(
    masthead: Masthead,
    words: Catalogue,
    wording: Wording,
    incident: IncidentView,
    update: UpdateView,
    *,
    all_operational: bool,
    sender: Sender | None = None,
    recipients: tuple[Recipient, ...] = (),
) -> tuple[Message, ...]:
    """Return one message a recipient that tells `update`; none where nobody is to be told.

    `all_operational` is whether, when the update was published, every component of the page worked and no other
    incident was open: a resolution says so only then. Without `recipients`, made-up subscribers stand for them.
    """
    if not update.notify or update.withdrawn is not None:
        return ()
    said = letter(masthead, words, incident, update, all_operational=all_operational)
    forms: dict[str, Callable[[Recipient], Message]] = {
        "email": partial(mail, said, wording, sender or sender_of(masthead)),
        "webhook": partial(webhook, said),
    }
    return tuple(forms[to.channel](to) for to in recipients or sample_recipients(masthead))
