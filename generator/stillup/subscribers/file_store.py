"""Subscribers in one YAML or CSV file that people write too. Comments and order are kept where nothing changes."""

import fcntl
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from stillup.errors import RecordError, StillupError
from stillup.records.moment import instant, utc
from stillup.records.refusal import Unusable
from stillup.subscribers.reading import Read, subscriptions
from stillup.subscribers.store import Reason, Suppression, fingerprint
from stillup.subscribers.subscription import Row, Subscription
from stillup.subscribers.writing import csv, entry

_LINE = re.compile(r"([0-9a-f]{32}) (\S+) (\S+)").fullmatch
_SALT = re.compile(r"salt ([0-9a-f]{32})").fullmatch
_DASH = re.compile(r"( *)- ").match


class FileStore:
    """A YAML or CSV file, and beside it one with the addresses that are told nothing."""

    def __init__(self, path: Path, name: str, salt: bytes, trusted: Collection[str] = ()) -> None:
        """Use the file at `path`, which problems call `name`; `salt`, 16 random bytes, serves for a new store.

        Raises:
            RecordError: with every problem of the file.
        """
        self._path, self._name, self._new_salt, self._trusted = path, name, salt, trusted
        self._beside = path.with_name(f"{path.stem}.suppressed.txt")
        self._read = self._load()

    def rows(self, channel: str) -> Iterator[Row]:
        """Yield the rows of a channel by (key, id)."""
        salt, suppressed = self._suppressed()
        for each in sorted((one for one in self._read.subscriptions if one.channel == channel), key=_order):
            found = suppressed.get(fingerprint(salt, channel, each.key)) if suppressed else None
            yield each.row(found.reason if found else "")

    def everybody(self) -> Iterator[Subscription]:
        """Yield everything by (channel, key, id)."""
        yield from sorted(self._read.subscriptions, key=_order)

    def anybody(self, follow: str) -> bool:
        """Whether somebody follows in that way."""
        return any(each.reach.follow == follow for each in self._read.subscriptions)

    def get(self, id: str) -> Subscription | None:
        """Return a subscription by its id."""
        return next((each for each in self._read.subscriptions if each.id == id), None)

    def of(self, channel: str, key: str) -> tuple[Subscription, ...]:
        """Return the subscriptions of an address."""
        found = (each for each in self._read.subscriptions if each.channel == channel and each.key == key)
        return tuple(sorted(found, key=_order))

    def save(self, subscriptions: Iterable[Subscription]) -> None:
        """Add or replace subscriptions in one write."""
        wanted = {each.id: each for each in subscriptions}
        with self._locked():
            self._write(wanted, frozenset())

    def remove(self, ids: Iterable[str]) -> int:
        """Delete subscriptions in one write."""
        gone = frozenset(ids)
        with self._locked():
            count = sum(each.id in gone for each in self._read.subscriptions)
            if count:
                self._write({}, gone)
        return count

    def suppress(self, channel: str, key: str, suppression: Suppression) -> None:
        """Write the address's fingerprint beside."""
        with self._locked():
            salt, known = self._suppressed()
            mark = fingerprint(salt, channel, key)
            if mark not in known or known[mark].reason is not Reason.COMPLAINT:
                self._write_beside(salt, {**known, mark: suppression})

    def suppression(self, channel: str, key: str) -> Suppression | None:
        """Return why an address is told nothing."""
        salt, known = self._suppressed()
        return known.get(fingerprint(salt, channel, key))

    def lift(self, channel: str, key: str) -> bool:
        """Take the address's fingerprint out."""
        with self._locked():
            salt, known = self._suppressed()
            mark = fingerprint(salt, channel, key)
            if mark in known:
                self._write_beside(salt, {each: why for each, why in known.items() if each != mark})
            return mark in known

    def close(self) -> None:
        """Nothing is kept open."""

    def _load(self) -> Read:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return Read(())
        except OSError as error:
            raise StillupError(f"{self._name} cannot be read: {error.strerror}.") from None
        found = subscriptions(data, self._name, self._trusted)
        if not found.sound:
            raise RecordError(found.problems)
        return found

    def _write(self, wanted: Mapping[str, Subscription], gone: frozenset[str]) -> None:
        known = self._read.subscriptions
        before = self._path.read_text(encoding="utf-8-sig") if self._path.is_file() else ""
        result = [wanted.get(each.id, each) for each in known if each.id not in gone]
        ids = {each.id for each in known}
        result += [each for each in wanted.values() if each.id not in ids]
        if self._path.suffix.lower() == ".csv":
            text = "".join(csv(result))
        else:
            text = _yaml(before, self._read, wanted, gone)
        addresses = {each.address for each in known if each.id in gone or each.id in wanted}
        text = _without(text, gone_addresses := addresses - {each.address for each in result})
        checked = subscriptions(text.encode(), self._name, self._trusted)
        if self._path.suffix.lower() != ".csv":
            text = self._without_remarks(text, checked, gone_addresses)
        if not checked.sound:
            raise RecordError(checked.problems)
        _replace(self._path, text)
        self._read = checked

    def _without_remarks(self, text: str, meant: Read, addresses: Iterable[str]) -> str:
        """Return `text`, which says what is `meant`, without remarks behind entries that name one of `addresses`."""
        for address in addresses:
            lines = text.splitlines(keepends=True)
            for number, line in enumerate(lines):
                if address.lower() not in line.lower():
                    continue
                # Where a remark begins only YAML knows: what is cut must leave everything said as it was.
                for mark in re.finditer(r"\s+#", line):
                    cut = [*lines[:number], f"{line[: mark.start()]}\n", *lines[number + 1 :]]
                    said = subscriptions("".join(cut).encode(), self._name, self._trusted)
                    if address.lower() in line[mark.start() :].lower() and said.subscriptions == meant.subscriptions:
                        lines = cut
                        break
            text = "".join(lines)
        return text

    def _suppressed(self) -> tuple[bytes, dict[str, Suppression]]:
        try:
            lines = self._beside.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return self._new_salt, {}
        first = _SALT(lines[0]) if lines else None
        if first is None:
            raise StillupError(f"{self._beside.name} does not begin with its salt. Mend or delete it.")
        known = {}
        for number, line in enumerate(lines[1:], 2):
            found = _LINE(line)
            try:
                if found is None:
                    raise ValueError(line)
                known[found[1]] = Suppression(Reason(found[2]), instant(found[3]).astimezone(UTC))
            except (ValueError, Unusable):
                message = f"{self._beside.name}:{number}:1: This is no suppressed address. Delete the line."
                raise StillupError(message) from None
        return bytes.fromhex(first[1]), known

    def _write_beside(self, salt: bytes, known: Mapping[str, Suppression]) -> None:
        lines = [f"salt {salt.hex()}", *(f"{mark} {why.reason} {utc(why.at)}" for mark, why in sorted(known.items()))]
        _replace(self._beside, "\n".join(lines) + "\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let nobody else write, and see what others have written."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(f".{self._path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._read = self._load()
            yield


def _order(each: Subscription) -> tuple[str, str, str]:
    return each.channel, each.key, each.id


def _yaml(text: str, read: Read, wanted: Mapping[str, Subscription], gone: frozenset[str]) -> str:
    """Return `text` with the entries that change, each on one line; the others keep their lines and comments."""
    known = read.subscriptions
    lines = text.splitlines(keepends=True)
    if not known:
        return "".join(line for line in lines if line.strip() != "[]") + _new(wanted, known)
    found = [_DASH(lines[start]) for start in read.starts]
    indents = {dash[1] if dash else None for dash in found}
    if None in indents or len(indents) > 1 or len(set(read.starts)) < len(found):
        # A list in brackets: there are no lines of an entry.
        return "".join(entry(wanted.get(each.id, each)) for each in known if each.id not in gone) + _new(wanted, known)
    ends = [*read.starts[1:], len(lines)]
    indent = indents.pop() or ""
    parts = lines[: read.starts[0]]
    for each, start, end in zip(known, read.starts, ends, strict=True):
        if each.id in wanted:
            parts.append(f"{indent}{entry(wanted[each.id])}")
        elif each.id not in gone:
            parts += lines[start:end]
    whole = "".join(parts)
    whole += "\n" if whole and not whole.endswith("\n") else ""
    return whole + _new(wanted, known, indent)


def _new(wanted: Mapping[str, Subscription], known: Iterable[Subscription], indent: str = "") -> str:
    ids = {each.id for each in known}
    return "".join(f"{indent}{entry(each)}" for each in wanted.values() if each.id not in ids)


def _without(text: str, addresses: Iterable[str]) -> str:
    """Return `text` without comments that name an address which is to be gone."""
    small = [address.lower() for address in addresses]
    lines = text.splitlines(keepends=True)
    return "".join(
        line for line in lines if not (line.lstrip().startswith("#") and any(each in line.lower() for each in small))
    )


def _replace(path: Path, text: str) -> None:
    """Write `text` in the place of `path`, whole or not at all, for the owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(
        os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
