"""Private records full of canaries, and the search for them in whatever leaves.

The records are made from the schemas of `records.schema`: a new private field has a canary without a new test.
"""

import base64
import gzip
import html
import json
import quopri
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from stillup.records.schema import schema

KINDS = ("private-incident", "roster", "customers", "contracts", "drill")
"""Files of the private folder."""

WORDS = {"language", "timezone"}
"""Fields that hold one of a few words: no canary can be told from the word itself."""


class Canaries:
    """Values for every field, each one of a kind, and what each looks like in bytes."""

    def __init__(self) -> None:
        """Begin without any."""
        self.patterns: dict[str, re.Pattern[bytes]] = {}
        """By field: what to search for."""

        self.literals: dict[str, tuple[bytes, ...]] = {}
        self._searched: dict[bytes, set[str]] = {}
        """The same without the edges, in small letters: quick to look for."""

        self._number = count(1)
        self._time = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)

    def token(self, name: str) -> str:
        """Return a word that stands nowhere else, which may be an id and part of any text."""
        word = f"zq{next(self._number):04}xjv"
        self._remember(name, word)
        return word

    def record(self, kind: str, same: dict[str, object] | None = None, without: Iterable[str] = ()) -> Any:
        """Return what a file of `kind` may hold: every field has a value.

        `same` gives by path the values that must be those of other files or of settings.
        """
        made = schema(kind)
        self._same, self._shapes = dict(same or {}), made.get("$defs", {})
        if made["type"] == "array":
            return [self._value(made["items"], f"{kind}[]")]
        kept = {name: part for name, part in made["properties"].items() if name not in set(without)}
        return {name: self._value(part, f"{kind}.{name}") for name, part in kept.items()}

    def _value(self, part: dict[str, Any], path: str) -> Any:
        field = path.rpartition(".")[2]
        if path in self._same:
            return self._same[path]
        if "$ref" in part:
            part = self._shapes[part["$ref"].rpartition("/")[2]]
        if "enum" in part:
            return part["enum"][0]
        match part.get("type"):
            case "array":
                return [self._value(part["items"], f"{path}[]")]
            case "object" if "properties" in part:
                return {name: self._value(inner, f"{path}.{name}") for name, inner in part["properties"].items()}
            case "object":
                return {
                    name: self._value(part["additionalProperties"], f"{path}.*") for name in self._names(part, path)
                }
            case "boolean":
                return True
            case "integer" if part.get("maximum", 1000) < 100:
                return part["maximum"]  # a number that stands everywhere gives nothing away
            case "number" if part.get("maximum") == 1:
                return 1
            case "integer":
                return self._plain(path, str(7_700_000_000 + 1_371 * next(self._number)))
            case "number" if part.get("maximum") == 100:
                return self._plain(path, f"{97 - next(self._number) / 1000:.5f}7")  # each less than the one before
            case "number":
                return self._plain(path, f"{880_000 + next(self._number)}.4391")
            case "string":
                return self._text(part, path, field)
        raise AssertionError(f"no canary for {path}: {part}")

    def _names(self, part: dict[str, Any], path: str) -> list[str]:
        names = part.get("propertyNames", {})
        if "$ref" in names:
            return list(self._shapes[names["$ref"].rpartition("/")[2]]["enum"])
        known = self._same.get(f"{path} (key)")
        return [str(known)] if known else [self.token(f"{path} (key)")]

    def _text(self, part: dict[str, Any], path: str, field: str) -> object:
        pattern, number = part.get("pattern", ""), next(self._number)
        if field in WORDS:
            return "Pacific/Kiritimati" if field == "timezone" else "es"
        if part.get("examples", [""])[0].startswith("2026"):
            self._time += timedelta(days=1, hours=1, minutes=1, seconds=1)
            stamp = f"{self._time:%Y-%m-%dT%H:%M:%S}"
            self._remember(path, stamp, f"{self._time:%Y%m%dT%H%M%S}", str(int(self._time.timestamp())))
            return f"{stamp}Z"
        if part.get("format") == "date":
            self._time += timedelta(days=1)
            return self._plain(path, f"{self._time:%Y-%m-%d}")
        if "30m" in part.get("examples", ()):
            return self._plain(path, f"{7_300_000 + number}m")
        if pattern.startswith("^INC"):
            return self._plain(path, f"INC-2031-01-01-{number % 1000:03}")
        if pattern.startswith("^#incident"):
            return self._plain(path, f"#incident-2031-01-01-{number % 1000:03}")
        if pattern == "^[A-Z]{3}$":
            return "XQJ"
        if pattern.startswith(r"^\+"):
            return self._plain(path, f"+1 555 7{number:03} 4391")
        word = self.token(path)
        if "group:" in pattern:
            return "payments"
        if part.get("format") == "email":
            return f"{word}@example.com"
        if part.get("format") == "uri":
            return f"https://{word}.example.com/"
        if pattern.startswith("^[a-z0-9][a-z0-9-]"):
            return word
        return f'A secret <{word}> & "more" of {word} — “ü”'

    def _plain(self, path: str, text: str) -> Any:
        """Return a value that stands in bytes as it is; a number is not part of a longer one."""
        self._remember(path, text)
        return text if not re.fullmatch(r"[\d.]+", text) else float(text) if "." in text else int(text)

    def _remember(self, path: str, *texts: str) -> None:
        self._searched.clear()
        name = path
        while name in self.patterns:
            name += "'"
        spelled = b"|".join(re.escape(text.encode()) for text in texts)
        self.literals[name] = tuple(text.lower().encode() for text in texts)
        self.patterns[name] = re.compile(rb"(?<![\dA-Za-z])(?:" + spelled + rb")(?![\dA-Za-z])", re.IGNORECASE)

    def found(self, data: bytes) -> set[str]:
        """Return which canaries stand in `data`, in whatever spelling."""
        return {name for text in spellings(data) for name in self._plainly(text.lower())}

    def _plainly(self, data: bytes) -> Iterator[str]:
        """Yield the canaries that stand in `data` as they are; most data has not even the first letters of one."""
        starts = {literal[:4] for literals in self.literals.values() for literal in literals}
        if any(start in data for start in starts):
            for name, literals in self.literals.items():
                if any(literal in data for literal in literals) and self.patterns[name].search(data):
                    yield name

    def found_in(self, folder: Path) -> dict[str, set[str]]:
        """Return by path which canaries stand in the files of `folder`, or in their names."""
        found = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            data = path.read_bytes() if path.is_file() else b""
            if (digest := sha256(data).digest()) not in self._searched:
                self._searched[digest] = self.found(data)
            if here := self._searched[digest] | self.found(name.encode()):
                found[name] = here
        return found


_ESCAPED = re.compile(rb"\\u00([0-9a-fA-F]{2})|\\x([0-9a-fA-F]{2})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}(?:[\r\n]+[ \t]*[A-Za-z0-9+/_-]+)*={0,2}")


def spellings(data: bytes, depth: int = 2) -> Iterator[bytes]:
    """Yield `data` and what it is without compression, transfer encodings and escapes, one within the other."""
    yield data
    if not depth:
        return
    made: list[bytes] = []
    for start in (match.start() for match in re.finditer(rb"\x1f\x8b\x08", data)):
        made += [_inflated(data[start:], 31)]
    made += [_inflated(data, 15)] if data[:1] == b"\x78" else []
    if b"=" in data:
        made.append(quopri.decodestring(data))
    if b"&" in data:
        made.append(html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace"))
    if b"\\u" in data or b"\\x" in data:
        made.append(_ESCAPED.sub(lambda found: bytes.fromhex((found[1] or found[2]).decode()), data))
    if b"%" in data:
        made.append(unquote_to_bytes(data))
    # Words of a language are no base64: that has capital letters or digits among its small letters.
    made.append(b"\n".join(_decoded(run) for run in _BASE64.findall(data) if not run.islower()))
    for text in made:
        if text and text != data:
            yield from spellings(text, depth - 1)


def _inflated(data: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(data)
    except zlib.error:
        return b""


def _decoded(run: bytes) -> bytes:
    """Return a run of base64, from each of the places where it may begin."""
    tight = re.sub(rb"\s", b"", run).replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    parts = []
    for start in range(4):
        piece = tight[start:]
        piece = piece[: len(piece) // 4 * 4] if len(piece) % 4 == 1 else piece + b"=" * (-len(piece) % 4)
        parts.append(base64.b64decode(piece))
    return b"\n".join(parts)


def hidden(text: str) -> dict[str, bytes]:
    """Return `text` in every spelling in which it could leave: the search must see through each."""
    raw = f"before {text} after".encode()
    return {
        "plain": raw,
        "upper case": raw.upper(),
        "gzip": gzip.compress(raw),
        "gzip in the middle": b"head" + gzip.compress(raw),
        "zlib": zlib.compress(raw),
        "base64": base64.encodebytes(raw),
        "base64 after one letter": base64.b64encode(b"x" + raw),
        "base64 after two letters": base64.b64encode(b"xy" + raw),
        "base64 for addresses": base64.urlsafe_b64encode(b"\xff\xfe\xfb" + raw),
        "quoted-printable": b"".join(b"=%02X" % letter for letter in raw),
        "quoted-printable over two lines": quopri.encodestring(b"w" * 66 + b" " + raw),
        "JSON": json.dumps(text).encode(),
        "JSON escapes": "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
        "HTML": "".join(f"&#{ord(letter)};" for letter in text).encode(),
        "HTML in hexadecimal": "".join(f"&#x{ord(letter):x};" for letter in text).encode(),
        "an address": "".join(f"%{ord(letter):02X}" for letter in text).encode(),
        "base64 of gzip": base64.b64encode(gzip.compress(raw)),
    }
