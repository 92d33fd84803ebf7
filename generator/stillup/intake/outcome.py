"""What an import did: counts, what stands otherwise than in the source, what was kept, what was left out and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from stillup.errors import Problem


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that somebody should know."""

    where: str
    """The place in the source, `incidents[3].updates[0]`, or the file of ours."""

    field: str
    """As the source calls it."""

    reason: str
    """One sentence."""


@dataclass(slots=True)
class Report:
    """Filled while an import goes on."""

    counts: Counter[str] = field(default_factory=Counter)
    """`incidents`, `maintenances`, `updates`, `components`, `groups`: as the source has them."""

    changed: list[Note] = field(default_factory=list)
    """What is written otherwise than the source has it."""

    kept: list[Note] = field(default_factory=list)
    """What stays as it was edited here."""

    left_out: list[Note] = field(default_factory=list)
    """What the source has and no record does."""

    added: list[str] = field(default_factory=list)
    """New files."""

    updated: list[str] = field(default_factory=list)
    """Files with other bytes than before."""

    unchanged: int = 0
    """Files that were right already."""

    problems: list[Problem] = field(default_factory=list)
    """What stops the import."""

    def change(self, where: str, field: str, reason: str) -> None:
        """Note that something is written otherwise."""
        self.changed.append(Note(where, field, reason))

    def leave(self, where: str, field: str, reason: str) -> None:
        """Note that something is left out."""
        self.left_out.append(Note(where, field, reason))

    def document(self, *, dry_run: bool) -> dict[str, object]:
        """Return the report for machines."""
        return {
            "dry_run": dry_run,
            "imported": dict(self.counts),
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "changed": [asdict(note) for note in self.changed],
            "kept": [asdict(note) for note in self.kept],
            "left_out": [asdict(note) for note in self.left_out],
        }

    def lines(self, *, dry_run: bool) -> Iterable[str]:
        """Yield the report for people."""
        said = ", ".join(f"{count} {what if count != 1 else what[:-1]}" for what, count in self.counts.items() if count)
        yield f"Found {said or 'nothing'}."
        would = "would be " if dry_run else ""
        yield f"Files: {len(self.added)} {would}added, {len(self.updated)} {would}updated, {self.unchanged} unchanged."
        for title, notes in (
            ("Written otherwise than in the source:", self.changed),
            ("Kept as edited here:", self.kept),
            ("Left out:", self.left_out),
        ):
            if notes:
                yield ""
                yield title
                yield from _grouped(notes)
        if dry_run:
            yield ""
            yield "This was a dry run: nothing was written."


def _grouped(notes: Iterable[Note]) -> Iterable[str]:
    """Yield a line for each field and reason, with the first places."""
    places: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        places.setdefault((note.field, note.reason), []).append(note.where)
    for (name, reason), where in places.items():
        more = f" and {len(where) - 3} more" if len(where) > 3 else ""
        yield f"  {name}: {reason} ({', '.join(where[:3])}{more})"
