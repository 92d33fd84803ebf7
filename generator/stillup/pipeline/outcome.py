"""What a run came to: for scripts and for people."""

from pathlib import Path

from stillup.errors import Problem
from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a run wrote."""

    site: Path
    records: int
    written: int
    removed: int
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
            "outbox": str(self.outbox) if self.outbox else None,
            "messages": self.messages,
        }

    def lines(self) -> list[str]:
        """Return the counts for people."""
        records = f"{self.records} record{'s' if self.records != 1 else ''}"
        files = f"{self.written} file{'s' if self.written != 1 else ''}"
        said = [f"{self.site}: {records}, {files} written, {self.removed} removed."]
        if self.outbox is not None:
            said.append(f"{self.outbox}: {self.messages} messages rendered, none sent. Open {self.outbox}/index.html.")
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Sound records."""

    records: int
    warnings: tuple[Problem, ...]
