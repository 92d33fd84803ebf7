"""What the index keeps of one record for the documents that tell of everything: lists by year, archives, manifest."""

from operator import attrgetter

from stillup.frozen import dataclass
from stillup.records.story import checksum

SHORT = ("id", "year", "news", "kind", "names", "counts")
LONG = ("years", "components", "line", "feed", "files")
"""What stands in the table by which records are chosen, beside `head`: how `line` begins; and in that of texts."""

HEAD = 7
"""Letters: the month under which lists file a record."""

SCHEMA = f"""
create table extract (
  id text primary key, year integer not null, news integer not null, kind text not null, names text not null,
  counts text not null, head text not null, seal text not null) without rowid;
create table texts.extract_text (
  id text primary key, {", ".join(f"{name} text not null" for name in LONG)}) without rowid;
create index extract_news on extract (news);
create index extract_kind on extract (kind, news);
create index extract_names on extract (names);
create index extract_counts on extract (counts);
create index extract_year on extract (year);
create index extract_head on extract (head);
"""

_SHORT = attrgetter(*SHORT)
_LONG = attrgetter(*LONG)


@dataclass(frozen=True, slots=True)
class Extract:
    """Texts that others wrote; lists of words are divided by spaces."""

    id: str
    year: int
    """In which it began, in UTC: its files are listed under it."""

    news: int
    """When its newest entry was published, in seconds since 1970."""

    kind: str
    names: str
    """What it is called below `incidents/` beside its id: files and folders."""

    years: str
    """Those under which lists show it."""

    components: str
    line: str
    """What lists of everything print of it."""

    counts: str
    """How many entries each month has of it, as `2026-10:2 2026-11:3`."""

    feed: str
    """Digest of its own feed, in which all its entries stand."""

    files: str = ""
    """Path, digest and size of each of its files, as JSON without the brackets around."""

    def row(self, basis: str) -> tuple[object, ...]:
        """Return what the table `extract` holds of it, with the seal over everything that is kept."""
        return (*_SHORT(self), self.line[:HEAD], checksum((basis, *_SHORT(self), *_LONG(self))))

    def texts(self) -> tuple[str, ...]:
        """Return what the table of long texts holds of it."""
        return (self.id, *_LONG(self))

    def months(self) -> dict[str, int]:
        """Return the counts by month."""
        pairs = (each.split(":") for each in self.counts.split())
        return {month: int(count) for month, count in pairs}


def chosen(kind: str, component: str) -> tuple[str, tuple[str, ...]]:
    """Return a condition of SQL, with its values, for the extracts of one kind, of one component, or all."""
    if component:
        return "exists (select 1 from held where held.id = extract.id and component = ?)", (component,)
    return ("kind = ?", (kind,)) if kind else ("1", ())
