"""What a page weighs on the line: everything a browser asks for, as a host sends it compressed."""

import base64
import json
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.browser import in_page
from tests.machine import need, program

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

_SQUEEZE = """
const {brotliCompressSync} = require("node:zlib");
const given = JSON.parse(require("node:fs").readFileSync(0));
console.log(JSON.stringify(given.map((each) => brotliCompressSync(Buffer.from(each, "base64")).length)));
"""


def brotli(bodies: Mapping[str, bytes]) -> dict[str, int]:
    """Return how many bytes each of `bodies` takes in Brotli at its best, by node's own zlib."""
    need("node")
    done = subprocess.run(
        [str(program("node")), "-e", _SQUEEZE],
        input=json.dumps([base64.b64encode(body).decode() for body in bodies.values()]),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return dict(zip(bodies, json.loads(done.stdout), strict=True))


def loaded(url: str, last: str, **view: Any) -> dict[str, bytes]:
    """Return the body of everything that a browser asks for at `url`, by its path.

    Args:
        url: the page.
        last: how the address ends that a script asks for last; it is waited for.
        view: as for `in_page`.
    """
    answers: list[Response] = []

    def work(page: "Page") -> dict[str, bytes]:
        page.wait_for_load_state("networkidle")
        if not any(answer.url.endswith(last) for answer in answers):
            page.wait_for_event("response", lambda answer: answer.url.endswith(last))
        page.wait_for_load_state("networkidle")
        return {urlsplit(answer.url).path: answer.body() for answer in answers}

    return in_page(url, work, listen=lambda page: page.on("response", lambda answer: answers.append(answer)), **view)
