"""What a run came to: for scripts and for people."""

from pathlib import Path

from stillup.count import counted
from stillup.errors import Problem
from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a run wrote."""

    site: Path
    records: int
    written: int
    removed: int
    anew: str = ""
    """Why everything was told anew, where the page stood before; empty where only what changed was told."""

    warnings: tuple[Problem, ...] = ()
    outbox: Path | None = None
    messages: int = 0

    def numbers(self) -> dict[str, object]:
        """Return the counts for scripts."""
        return {
            "site": str(self.site),
            "records": self.records,
            "written": self.written,
            "removed": self.removed,
            "anew": self.anew or None,
            "outbox": str(self.outbox) if self.outbox else None,
            "messages": self.messages,
        }

    def lines(self) -> list[str]:
        """Return the counts for people."""
        written = f"{counted(self.written, 'file')} written, {self.removed} removed"
        said = [f"{self.site}: {counted(self.records, 'record')}, {written}."]
        if self.anew:
            said.append(f"Told everything anew: {self.anew}.")
        if self.outbox is not None:
            rendered = f"{counted(self.messages, 'message')} rendered, none sent"
            said.append(f"{self.outbox}: {rendered}. Open {self.outbox}/index.html.")
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Sound records."""

    records: int
    warnings: tuple[Problem, ...]
