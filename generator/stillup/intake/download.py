"""A whole Statuspage from its address into a folder, document by document; a broken run goes on where it stopped."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from stillup.errors import StillupError
from stillup.intake.capture import Capture, parsed, read
from stillup.intake.fetch import Fetcher, checked
from stillup.intake.original import objects
from stillup.records.field import CODE

_LISTS = ("summary", "components", "incidents", "scheduled-maintenances")
_MANIFEST = "api/stillup/v1/manifest.json"
_PART = re.compile(r"api/stillup/v1/manifest/\d{4}(?:-\d+)?\.json").fullmatch
_PAGES = 400
_UNFINISHED = "unfinished"


def download(url: str, keep: Path, fetcher: Fetcher, say: Callable[[str], None], *, afresh: bool = False) -> Capture:
    """Return the documents of the page at `url`, which are kept in `keep`.

    Lists are asked for anew in each run, but for one that goes on after a break. An incident's own document is asked
    for once, since it rarely changes after the incident is over: `afresh` asks for all again.

    Raises:
        StillupError: the page cannot be read.
    """
    checked(url)
    base = url.rstrip("/").removesuffix("/api/v2").removesuffix("/api")
    keep.mkdir(parents=True, exist_ok=True)
    resumed = (keep / _UNFINISHED).is_file() and not afresh
    (keep / _UNFINISHED).touch()
    keeper = _Keeper(base, keep, fetcher, say)
    for name in _LISTS:
        keeper.take(f"api/v2/{name}.json", again=not resumed)
    keeper.history(again=not resumed)
    capture = read(keep)
    told = {id: each for id, (_, each, _) in capture.stories().items()}
    listed = {
        str(each.get("id")): each
        for name in ("incidents", "scheduled-maintenances", "summary")
        for key in ("incidents", "scheduled_maintenances")
        for each in objects(capture.documents.get(name, {}).get(key))
    }
    ours = keeper.manifest(again=not resumed)
    wanted = [code for code in dict.fromkeys([*capture.listed(), *ours, *told]) if CODE(code)]
    wanted = [code for code in wanted if code not in listed or listed[code].get("status") == "postmortem"]
    for number, code in enumerate(wanted, 1):
        say(f"incidents {number}/{len(wanted)}")
        keeper.take(f"incidents/{code}.json", again=afresh)
    (keep / _UNFINISHED).unlink()
    return read(keep)


def folder(root: Path, url: str) -> Path:
    """Return where documents of the page at `url` are kept between runs.

    Raises:
        StillupError: the address may not be asked.
    """
    checked(url)
    parts = urlsplit(url)
    host = f"{parts.hostname}-{parts.port}" if parts.port else str(parts.hostname)
    return (
        root / ".stillup" / "import" / "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in host)
    )


class _Keeper:
    """Keeps documents in files."""

    def __init__(self, base: str, keep: Path, fetcher: Fetcher, say: Callable[[str], None]) -> None:
        self._base, self._keep, self._fetcher, self._say = base, keep, fetcher, say

    def take(self, path: str, *, again: bool, query: str = "", to: str = "") -> bytes | None:
        """Return the document at `path`, from its file where it is there and not asked for `again`."""
        file = self._keep / (to or path)
        if file.is_file() and not again:
            return file.read_bytes()
        if not path.startswith("incidents/"):
            self._say(f"{path}{query}")
        found = self._fetcher.get(f"{self._base}/{path}{query}")
        if found is None:
            file.unlink(missing_ok=True)
            return None
        try:
            parsed(found, f"{self._base}/{path}{query}")
        except StillupError:
            if path.startswith("api/v2/"):
                raise
            return None  # a page where a document was expected: this host has none
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        beside.write_bytes(found)
        beside.replace(file)
        return found

    def manifest(self, *, again: bool) -> list[str]:
        """Return the code of every record of a page that Stillup made: its manifest names their documents."""
        found = self.take(_MANIFEST, again=again)
        if found is None:  # kept too, so that a run that goes on after a break does not ask again
            found = b"{}"
            (self._keep / _MANIFEST).parent.mkdir(parents=True, exist_ok=True)
            (self._keep / _MANIFEST).write_bytes(found)
        codes: dict[str, None] = {}
        parts = parsed(found, _MANIFEST).get("parts")
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, str) and _PART(part) and (body := self.take(part, again=again)) is not None:
                for each in objects(parsed(body, part).get("files")):
                    folder, _, name = str(each.get("path")).partition("/")
                    if folder == "incidents" and name.endswith(".json"):
                        codes.setdefault(name.removesuffix(".json"))
        return list(codes)

    def history(self, *, again: bool) -> None:
        """Take page after page of the history, until two are empty or one comes a second time."""
        seen: set[tuple[str, ...]] = set()
        empty = 0
        for number in range(1, _PAGES):
            found = self.take("history.json", again=again, query=f"?page={number}", to=f"history-{number}.json")
            if found is None:
                return
            codes = tuple(Capture({"history": parsed(found, "history.json")}).listed())
            empty = 0 if codes else empty + 1
            if empty == 2 or (codes and codes in seen):
                return
            seen.add(codes)
