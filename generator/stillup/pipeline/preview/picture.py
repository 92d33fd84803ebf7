"""Pictures of pages, by the browser of this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from stillup.pipeline.preview.server import served
from stillup.pipeline.preview.shape import Page, Picture

MOST = 4
"""Pages of which pictures are made."""

WIDTH, HEIGHT = 1280, 1400
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PATIENCE = 60.0
_TRIES = 2
"""On a busy machine a browser now and then ends without its picture."""


class Unpictured(Exception):
    """Why there is no picture, in a sentence."""


def pictured(pages: Iterable[Page], before: Path, after: Path) -> tuple[list[Page], str]:
    """Return `pages`, the first of them with pictures of both sites, and why there are not more; empty where all have.

    Pages that say what they said before need none.
    """
    found = list(pages)
    chosen = [number for number, page in enumerate(found) if page.lines][:MOST]
    more = sum(1 for page in found if page.lines) - len(chosen)
    if not chosen:
        return found, ""
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), "")
    if not browser:
        return found, "There are no pictures of pages: no chromium is installed here."
    try:
        with served(before) as old, served(after) as new, tempfile.TemporaryDirectory(prefix="stillup-") as folder:
            for number in chosen:
                page = found[number]
                picture = Picture(
                    before=b"" if page.change == "new" else _picture(browser, old + page.path, Path(folder)),
                    after=b"" if page.change == "gone" else _picture(browser, new + page.path, Path(folder)),
                )
                found[number] = replace(page, picture=picture)
    except Unpictured as error:
        return found, str(error)
    return found, f"Of {more} more changed pages there are no pictures, to keep the page small." if more else ""


def _picture(browser: str, url: str, folder: Path) -> bytes:
    """Return the top of a page as a PNG. The browser reaches nothing but this machine."""
    target = folder / "picture.png"
    target.unlink(missing_ok=True)
    command = [
        browser, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--mute-audio",
        "--force-color-profile=srgb", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={target}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # as root, as in containers, it does not start with one
    for _ in range(_TRIES):
        try:
            done = subprocess.run([*command, url], capture_output=True, text=True, check=False, timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            raise Unpictured(f"There are no pictures of pages: {browser} took longer than {_PATIENCE:.0f} s.") from None
        if target.is_file():
            return target.read_bytes()
    # What it says of a desktop that is not there is said each time, and means nothing.
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip() and "dbus/" not in line]
    said = lines[-1] if lines else f"it ended with {done.returncode} and said nothing of use"
    raise Unpictured(f"There are no pictures of pages: {browser} made none ({said[:200]}).")
