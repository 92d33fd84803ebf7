"""Whether a second person has agreed to a text, as far as git can prove it.

The text of an update at HEAD was made what it is by some commit, whose author wrote it. It is approved where a commit
that holds the very same text names, in a line `Approved-by:` or `Reviewed-by:`, somebody who owns the record by
CODEOWNERS and did not write it. Such a commit is the one that brought the text (the author's, or a merge), or one that
says `Approves: <incident>/<update>@<digest of the text>`: it may be put on top of other commits, and means the same
words. Where the text changes afterwards, nobody has approved it any more.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.pipeline.approval.code_owner import PLACES, owners, stands_for
from stillup.pipeline.git.repository import Commit, Repository
from stillup.records.amendment import Version
from stillup.records.approval import SecondApproval
from stillup.records.document import Document
from stillup.records.folder import RecordFile
from stillup.records.reading import read
from stillup.vocabulary import TEXTS

RULE = "C41"
"""The rule of lint that asks for it; a reason under this name in `lint:` overrules it."""

POSTMORTEM = "postmortem"
_ANYBODY = re.compile(r"^(?:approved|reviewed)-by:[ \t]*(\S.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_AGREED = re.compile(r"^(?:approved|reviewed)-by:[^<\n]*<?([^\s<>]+@[^\s<>]+)>?\s*$", re.IGNORECASE | re.MULTILINE)
_TOGETHER = re.compile(r"^co-authored-by:[^<\n]*<([^\s<>]+@[^\s<>]+)>\s*$", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(r"^approves:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One commit that says who agrees to a text."""

    commit: str
    people: tuple[str, ...]
    """As its `Approved-by:` and `Reviewed-by:` lines have them."""

    counts: bool
    """Whether one of them owns the record, did not write it, and signed where that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text, as git keeps it."""

    name: str
    """`<incident>/<update>@<digest of the text>`."""

    commit: str
    """The newest commit that made the text what it is."""

    agreed: tuple[Agreed, ...]
    """Oldest first."""


def people(message: str) -> tuple[str, ...]:
    """Return whom a commit's `Approved-by:` and `Reviewed-by:` lines name, as they do."""
    return tuple(_ANYBODY.findall(message))


class Approvals:
    """Asks the repository at one commit. What is not committed nobody has approved."""

    def __init__(self, root: Path, settings: SecondApproval, commit: str = "HEAD") -> None:
        """Use the repository around `root`.

        Raises:
            StillupError: there is none, or no such commit.
        """
        self._root, self._settings = root, settings
        self._repository = Repository(root, "Approval")
        self._head = self._repository.commit(commit)
        self._prefix = self._repository.prefix()
        found = (self._repository.top(self._head, place) for place in PLACES)
        self._owners = next((text for text in found if text is not None), "")
        self._contents: dict[tuple[str, ...], Version | None] = {}

    def missing(self, file: RecordFile, part: str) -> str:
        """Return why the update `part` of the record in `file`, or its `postmortem`, is not approved; else nothing."""
        named = self.owners(file)
        if not named:
            return f"CODEOWNERS names nobody for {self._prefix}{file.path}, so nobody can approve it."
        if self._repository.is_shallow():
            return "This clone is shallow, so nobody can tell who wrote and who approved it: fetch the whole history."
        wanted = self._content(self._head, file, part)
        if wanted is None:
            return "It is not committed, so nobody can have approved it."
        written, writers = self._written(file, part, wanted)
        if any(self._agrees(each, file, part, wanted, named, writers) for each in self._agreeing(written)):
            return ""
        kind = " in a commit that they signed" if self._settings.signed else ""
        return f"Nobody of {', '.join(named)} who did not write it has approved it{kind}."

    def wording(self, file: RecordFile, part: str) -> Wording | None:
        """Return how the text came to be, and every commit that agrees to it, whether or not that counts.

        None where there is no such text.
        """
        wanted = self._content(self._head, file, part)
        if wanted is None:
            return None
        written, writers = self._written(file, part, wanted)
        named = self.owners(file)
        return Wording(
            name=_name(file, part, wanted),
            commit=written[0].id if written else self._head,
            agreed=tuple(
                Agreed(
                    commit=each.id,
                    people=people(each.message),
                    counts=bool(self._agrees(each, file, part, wanted, named, writers)),
                )
                for each in reversed(self._agreeing(written))
                if self._concerns(each, file, part, wanted)
            ),
        )

    def named(self) -> dict[str, tuple[Commit, ...]]:
        """Return the commits that approve a text by its name, by that name, oldest first."""
        found: dict[str, tuple[Commit, ...]] = {}
        asked = ("--extended-regexp", "--regexp-ignore-case", "--grep=^approves:")
        for commit in reversed(self._repository.log(self._head, *asked)):
            for name in _NAMED.findall(commit.message):
                found[name] = (*found.get(name, ()), commit)
        return found

    def brought(self, commit: str, files: Iterable[RecordFile]) -> Iterator[str]:
        """Yield the name of each text of `files` that `commit` made what it is."""
        parents = self._repository.log("--max-count=1", commit)[0].parents
        for file in files:
            version = self._version(commit, file)
            if version is None:
                continue
            parts = [*version.updates, *([POSTMORTEM] if version.written.postmortem else [])]
            for part in parts:
                wanted = self._content(commit, file, part)
                if wanted is not None and all(self._content(each, file, part) != wanted for each in parents):
                    yield _name(file, part, wanted)

    def owners(self, file: RecordFile) -> tuple[str, ...]:
        """Return who owns the record by CODEOWNERS."""
        return owners(self._owners, f"{self._prefix}{file.path}")

    def name(self, file: RecordFile, part: str) -> str:
        """Return the text at HEAD as an approval names it.

        Raises:
            StillupError: there is no such text at HEAD.
        """
        wanted = self._content(self._head, file, part)
        if wanted is None:
            raise StillupError(f"{file.id} has no {part} that is committed. Commit it first.")
        return _name(file, part, wanted)

    def may(self, file: RecordFile, part: str, mail: str) -> str:
        """Return why the person with the address `mail` cannot approve; nothing where they can.

        Raises:
            StillupError: there is no such text at HEAD.
        """
        wanted = self._content(self._head, file, part)
        if wanted is None:
            raise StillupError(f"{file.id} has no {part} that is committed. Commit it first.")
        named = self.owners(file)
        if not self._is_owner(mail, named):
            whom = ", ".join(named) or "nobody"
            return f"{mail} is none of those who own {self._prefix}{file.path} by CODEOWNERS: {whom}."
        if mail in self._written(file, part, wanted)[1]:
            return f"{mail} wrote it, and a second person must agree."
        return ""

    def given(self, file: RecordFile, part: str, mail: str) -> str:
        """Return the newest commit in which `mail` agrees, so that it counts, to the text at HEAD; empty: none."""
        wanted = self._content(self._head, file, part)
        if wanted is None:
            return ""
        written, writers = self._written(file, part, wanted)
        named = self.owners(file)
        for each in self._agreeing(written):
            if mail in self._agrees(each, file, part, wanted, named, writers):
                return each.id
        return ""

    def _agreeing(self, written: list[Commit]) -> list[Commit]:
        """Return the commits that agree to something since the text was `written`, newest first."""
        # A text that was changed and changed back keeps what was said of it: all since the first time counts.
        before = written[-1].parents if written else ()
        asked = ("--extended-regexp", "--regexp-ignore-case", "--grep=^(approved|reviewed)-by:")
        return self._repository.log(self._head, *asked, "--not", *before)

    def _concerns(self, commit: Commit, file: RecordFile, part: str, wanted: str) -> bool:
        """Whether what `commit` agrees to is the text `wanted`: it brought it, or names it."""
        if self._content(commit.id, file, part) != wanted:
            return False
        brought = not commit.parents or self._content(commit.parents[0], file, part) != wanted
        return brought or _name(file, part, wanted) in _NAMED.findall(commit.message)

    def _agrees(
        self, commit: Commit, file: RecordFile, part: str, wanted: str, named: Iterable[str], writers: set[str]
    ) -> list[str]:
        """Return the addresses of those who may agree and do, in `commit`, to the text `wanted`."""
        people = [mail for mail in map(str.lower, _AGREED.findall(commit.message)) if mail not in writers]
        people = [mail for mail in people if self._is_owner(mail, named)]
        if not people or not self._concerns(commit, file, part, wanted):
            return []
        if not self._settings.signed:
            return people
        signers = self._root / self._settings.signers if self._settings.signers else None
        letter, signer = self._repository.signature(commit.id, signers)
        return [mail for mail in people if letter == "G" and mail in re.split(r"[\s<>]+", signer.lower())]

    def _is_owner(self, mail: str, named: Iterable[str]) -> bool:
        known = self._settings.people
        return any(stands_for(owner, mail) or mail in map(str.lower, known.get(owner, ())) for owner in named)

    def _written(self, file: RecordFile, part: str, wanted: str) -> tuple[list[Commit], set[str]]:
        """Return the commits that made the text what it is, and the addresses of whoever wrote them."""
        touching = self._repository.log("--full-history", self._head, "--", file.path, *file.updates)
        made = [
            commit
            for commit in touching
            if self._content(commit.id, file, part) == wanted
            and all(self._content(parent, file, part) != wanted for parent in commit.parents)
        ]
        together = (mail.lower() for commit in made for mail in _TOGETHER.findall(commit.message))
        return made, {*(commit.mail for commit in made), *together}

    def _content(self, commit: str, file: RecordFile, part: str) -> str | None:
        """Return what people read of the text at `commit`, to be compared; None where it is not there."""
        version = self._version(commit, file)
        if version is None:
            return None
        title, said = version.written.title, version.written.translations
        if part == POSTMORTEM:
            written = version.written.postmortem
            return None if written is None else _canonical(title, said, written.body, written.translations)
        told = version.updates.get(part)
        if told is None:
            return None
        update = told.update
        facts = (str(update.status), {id: str(state) for id, state in update.components.items()}, update.at)
        changed = () if update.changed_at is None else (update.changed_at,)
        promise = (update.next_update_at, update.next_update_in)
        texts = {name: getattr(update, name) for name in ("body", "correction", *TEXTS)}
        return _canonical(title, said, *facts, *changed, *promise, texts, update.translations)

    def _version(self, commit: str, file: RecordFile) -> Version | None:
        found = self._repository.files(commit, file.path, *file.updates)
        blobs = tuple(found.get(path, "") for path in (file.path, *file.updates))
        if blobs not in self._contents:
            bodies = self._repository.read(blob for blob in blobs if blob)
            documents = [
                read(bodies[blob], path)[0]
                for path, blob in zip((file.path, *file.updates), blobs, strict=True)
                if blob
            ]
            self._contents[blobs] = _joined(file.id, documents) if blobs[0] else None
        return self._contents[blobs]


def _canonical(*parts: object) -> str:
    """Return `parts` as one text, the same for the same words whatever order they are written in."""
    return json.dumps(
        parts, default=lambda each: dict(each) if isinstance(each, Mapping) else str(each), sort_keys=True
    )


def _name(file: RecordFile, part: str, content: str) -> str:
    return f"{file.id}/{part}@{sha256(content.encode()).hexdigest()[:16]}"


def _joined(id: str, documents: list[Document | None]) -> Version | None:
    main, *others = documents
    return None if main is None else Version.of(id, main, [each for each in others if each is not None])
