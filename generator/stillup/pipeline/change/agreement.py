"""Approving a text: a commit that changes nothing and says who agrees to what."""

from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.pipeline.approval.approval import POSTMORTEM, Approvals
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.change.handover import Checkout
from stillup.pipeline.git.repository import Repository
from stillup.records.folder import RecordFile
from stillup.records.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What is about to be approved, and by whom."""

    about: str
    """`<incident>/<update>@<digest of the text>`."""

    title: str
    text: str
    name: str
    mail: str
    given: str
    """The commit in which this person has approved the very text already; empty: none."""

    @property
    def message(self) -> str:
        """What the commit says."""
        return f"Approve: {self.title}\n\nApproves: {self.about}\nApproved-by: {self.name} <{self.mail}>\n"


def agreement(desk: Desk, file: RecordFile, record: Incident, part: str) -> Agreement:
    """Return the approval of the update `part` (empty: the newest) or of the `postmortem`, by whoever commits here.

    Raises:
        StillupError: there is no such text, it is not committed, or this person cannot approve it.
    """
    part = part or record.updates[-1].id
    texts = {update.id: update.body for update in record.updates}
    if record.postmortem is not None:
        texts[POSTMORTEM] = record.postmortem.body
    if part not in texts:
        raise StillupError(f"{record.id} has no {part}. It has {', '.join(texts)}.")
    repository = Repository(desk.root, "Approval")
    changed = repository.changed(repository.commit("HEAD"), file.path, *file.updates)
    if changed:
        raise StillupError(f"{min(changed)} is not committed, and only what is committed can be approved.")
    name, mail = repository.identity()
    approvals = Approvals(desk.root, desk.settings.approval)
    why = approvals.may(file, part, mail)
    if why:
        raise StillupError(f"{why} Nothing was approved.")
    return Agreement(
        about=approvals.name(file, part),
        title=record.title,
        text=texts[part],
        name=name,
        mail=mail,
        given=approvals.given(file, part, mail),
    )


def agree(desk: Desk, said: Agreement, *, push: bool, asks: bool = False) -> str:
    """Make the commit, unless it is made already, push it where `push` says so, and return its id.

    Of an approval that was given before, the id is the one it had: a push may put it on top of other commits.

    Raises:
        StillupError: git refuses.
    """
    own = Checkout(desk.root, asks=asks)
    own.stays()
    if push:
        own.remote()
    made = said.given or own.note(said.message, sign=desk.settings.approval.signed)
    pushed = own.push(_nothing) if push else made
    return said.given or pushed


def _nothing() -> None:
    """What others wrote meanwhile takes nothing from an approval, and gets nothing of it: it names the very text."""
