"""CODEOWNERS: who owns a path, by the rules of the code hosts. Pure.

The last line that fits decides; of GitLab's sections each decides for itself. What a host does with it is the host's.
"""

import re
from collections.abc import Iterator

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where it may stand, from the top of the repository; the first one counts."""

_SECTION = re.compile(r"\^?\[[^\]]+\](?:\[\d+\])?\s*(.*)").fullmatch
_WORDS = re.compile(r"(?:\\.|\S)+")
_NOREPLY = re.compile(r"(?:\d+[+-])?([^@+]+)@users\.noreply\.(?:github|gitlab)\.com").fullmatch


def owners(text: str, path: str) -> tuple[str, ...]:
    """Return who owns the file at `path`: addresses, and names such as `@user` and `@group/team`."""
    found: dict[int, tuple[str, ...]] = {}
    for section, pattern, named in _lines(text):
        if fits(pattern, path):
            found[section] = named
    return tuple(dict.fromkeys(owner for named in found.values() for owner in named))


def fits(pattern: str, path: str) -> bool:
    """Whether `path`, from the top of the repository, is meant by `pattern`."""
    inner = pattern.strip("/")
    start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    if pattern.endswith("/"):
        end = "/.*"
    elif pattern.endswith("/*"):
        end = ""  # files in the folder itself, and none further below
    else:
        end = "(?:/.*)?"
    return re.fullmatch(f"{start}{''.join(_parts(inner))}{end}", path) is not None


def stands_for(owner: str, mail: str) -> bool:
    """Whether the address `mail` is by itself known to be `owner`: it is written, or the host made it of the name."""
    mail = mail.lower()
    if not owner.startswith("@"):
        return owner.lower() == mail
    made = _NOREPLY(mail)
    return made is not None and owner[1:].lower() == made[1]


def _parts(pattern: str) -> Iterator[str]:
    for part in re.findall(r"/\*\*/|\*\*/|/\*\*|\*\*|\*|\?|\\.|[^*?\\/]+|/|\\", pattern):
        match part:
            case "/**/":
                yield "/(?:.*/)?"
            case "**/":
                yield "(?:.*/)?"
            case "/**":
                yield "/.*"
            case "**":
                yield ".*"
            case "*":
                yield "[^/]*"
            case "?":
                yield "[^/]"
            case _:
                yield re.escape(part[1:] if part.startswith("\\") and len(part) > 1 else part)


def _lines(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield the number of its section, the pattern and the owners of each line."""
    section, common = 0, tuple[str, ...]()
    for line in text.splitlines():
        line = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if not line or line.startswith("!"):
            continue
        if head := _SECTION(line):
            section, common = section + 1, tuple(head[1].split())
            continue
        pattern, *named = _WORDS.findall(line)
        yield section, pattern, tuple(named) or common
