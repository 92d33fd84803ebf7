"""The recipe for nginx, by a real nginx on loopback: types, headers, a true 404, and a page that turns while read."""

import re
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from stillup.delivery.deploy.folder import Folder
from tests.tools import PATIENCE, ROOT, free_port, program, wait

pytestmark = pytest.mark.needs("nginx")

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)


def manual(page: str, heading: str) -> str:
    """Return the first block of nginx's words below a heading of the manual."""
    text = (ROOT / "manual" / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return re.search(r"```nginx\n(.*?)```", text.partition(f"# {heading}\n")[2], re.DOTALL)[1]


@pytest.fixture(scope="module")
def host(example, tmp_path_factory) -> Iterator[tuple[httpx.Client, Path]]:
    """The example behind nginx, as the manual's two pages say together; and the link that it serves."""
    folder = tmp_path_factory.mktemp("host")
    served = folder / "status"
    Folder(served, keep=2).put(example, at=AT, commit="c")
    port = free_port()
    server = manual("hosting", "nginx").replace("/srv/status", str(served)).replace("8080", f"127.0.0.1:{port}")
    server = re.sub(r"    # and here.*\n", lambda _: manual("api", "nginx"), server)
    folders = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "mime.types").write_bytes(Path("/etc/nginx/mime.types").read_bytes())
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"{'user root;' if Path('/proc/self').stat().st_uid == 0 else ''}\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{folders}{server}\n}}\n"
    )
    nginx = program("nginx") or "/usr/sbin/nginx"
    words = ["-e", folder / "error.log", "-p", folder, "-c", folder / "nginx.conf"]
    process = subprocess.Popen([nginx, *map(str, words)])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            _wait(client, process, folder)
            yield client, served
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(client: httpx.Client, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    def answers() -> bool:
        assert process.poll() is None, (folder / "error.log").read_text()
        try:
            client.get("/status.txt")
        except httpx.ConnectError:
            return False
        return True

    wait(answers, "nginx did not answer")


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/", "text/html"),
        ("/incidents/2026-11-20-sign-in-and-payments-failing/", "text/html"),
        ("/feed.rss", "application/rss+xml"),
        ("/feed.atom", "application/atom+xml"),
        ("/feed.json", "application/json"),
        ("/maintenance.ics", "text/calendar"),
        ("/api/v2/summary.json", "application/json"),
        ("/badge.svg", "image/svg+xml"),
        ("/status.txt", "text/plain"),
    ],
)
def test_every_kind_of_file_has_its_type(host, path, type_):
    answer = host[0].get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == type_
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_other_sites_may_read_the_api_and_nobody_keeps_it_long(host):
    answer = host[0].get("/api/v2/status.json", headers={"Origin": "https://app.example.com"})

    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=30"


def test_what_is_not_there_is_a_404_with_our_page(host):
    answer = host[0].get("/incidents/no-such-incident/")

    assert answer.status_code == 404
    assert answer.text == (host[1] / "404.html").read_text()


def test_an_address_of_statuspage_leads_to_the_incident(host):
    client, served = host
    code = min(path.stem for path in (served / "incidents").glob("*.json"))

    answer = client.get(f"/incidents/{code}", follow_redirects=True)

    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text


def test_a_page_that_turns_is_never_half_there(host, example, tmp_path):
    client, served = host
    answers: list[tuple[int, str]] = []
    over = threading.Event()

    def read() -> None:
        with httpx.Client(base_url=client.base_url, timeout=PATIENCE) as reader:
            while not over.is_set():
                answer = reader.get("/")
                answers.append((answer.status_code, answer.text))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(6):
            Folder(served, keep=2).put(example, at=AT, commit=f"again-{number}")
            wait(lambda number=number: len(answers) > number or not reader.is_alive(), "nobody reads")
    finally:
        over.set()
        reader.join()

    whole = (example / "index.html").read_text()
    assert len(answers) >= 6
    assert set(answers) == {(200, whole)}
