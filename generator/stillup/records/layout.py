"""The tables of the index.

Those by which records are chosen are short, and stand with all their indexes in the first file. Long texts stand in the
second, by id alone: what is made of a record on demand apart from its story, which is read far more often.
"""

from stillup.records import extract
from stillup.records.story import LONG, SHORT, WHOLE

_STORY = ", ".join(
    [
        "id text primary key",
        *(f"{name} integer not null" for name in WHOLE),
        *(f"{name} text not null" for name in SHORT),
    ]
)
SCHEMA = f"""
create table meta (key text primary key, value text not null) without rowid;
create table file (
  path text primary key, size integer not null, mtime integer not null, digest text not null) without rowid;
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
create table texts.story_text (
  id text primary key, {", ".join(f"{name} text not null" for name in LONG)}) without rowid;
create table texts.made (
  id text not null, what text not null, body text not null, seal text not null, primary key (id, what)) without rowid;
create table listed (day text not null, id text not null, primary key (day, id)) without rowid;
create index listed_id on listed (id);
create table held (
  component text not null, first integer not null, id text not null, primary key (component, first, id)) without rowid;
create index held_id on held (id);
{extract.SCHEMA}"""

PAGE = 8192
"""Bytes of a page of a file: several long rows have room on one, where of the usual 4096 each would need two."""

FORM = "21"
"""Another number throws away every index of another layout, or with other rules about what a row holds."""
