"""The tables of the index.

What is made of a record on demand stands apart from its story, which is read far more often. Rows of stories and
extracts are long even so: questions about all records are answered by indexes alone, most of them over the
few records to which the question can apply.
"""

from stillup.records import extract
from stillup.records.story import TEXTS, WHOLE

_STORY = ", ".join(
    [
        "id text primary key",
        *(f"{name} integer not null" for name in WHOLE),
        *(f"{name} text not null" for name in TEXTS),
    ]
)
SCHEMA = f"""
create table meta (key text primary key, value text not null, seal text not null) without rowid;
create table file (
  path text primary key, size integer not null, mtime integer not null, digest text not null, seal text not null)
  without rowid;
create table story ({_STORY}) without rowid;
create index story_final on story (final);
create index story_last on story (last);
create index story_first on story (kind, first);
create index story_resolved on story (kind, resolved);
create index story_path on story (path);
create index story_public on story (id, kind, worst, last) where worst <> '';
create index story_open on story (id) where open = 1;
create index story_due on story (due) where due > 0;
create index story_unsettled on story (at) where settled = 0;
create index story_codes on story (id, codes) where codes <> '[]';
create index story_reference on story (reference, path) where reference <> '';
create index story_warnings on story (id, warnings) where warnings <> '[]';
create table made (
  id text not null, what text not null, body text not null, seal text not null, primary key (id, what)) without rowid;
create table listed (day text not null, id text not null, primary key (day, id)) without rowid;
create index listed_id on listed (id);
create table held (
  component text not null, first integer not null, id text not null, primary key (component, first, id)) without rowid;
create index held_id on held (id);
{extract.SCHEMA}"""
SUMS = (
    ("story indexed by story_final", "count(*), sum(final)"),
    ("story indexed by story_last", "sum(last)"),
    ("story indexed by story_first", "sum(first), sum(first * (kind = 'incident'))"),
    (
        "story indexed by story_resolved",
        "sum(resolved), sum(kind = 'incident'), sum(kind = 'maintenance'), sum(resolved * (kind = 'incident'))",
    ),
    ("story indexed by story_public where worst <> ''", "count(*), sum(length(worst)), sum(last)"),
    ("story indexed by story_open where open = 1", "count(*), sum(length(id))"),
    ("story indexed by story_due where due > 0", "count(*), sum(due)"),
    ("story indexed by story_unsettled where settled = 0", "count(*), sum(at)"),
    ("extract indexed by extract_news", "count(*), sum(news)"),
    ("extract indexed by extract_kind", "sum(news), sum(kind = 'incident'), sum(kind = 'maintenance')"),
    ("extract indexed by extract_year", "sum(year)"),
)
"""What is summed over all rows, each from the index by which rows are chosen: the rows themselves are long."""

PAGE = 8192
"""Bytes of a page of the file: several long rows have room on one, where of the usual 4096 each would need two."""

FORM = "20"
"""Another number throws away every index of another layout, or with other rules about what a row holds."""
