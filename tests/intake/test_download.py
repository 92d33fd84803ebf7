"""A page read from its address: paced, patient, going on after a break, and never led to another host."""

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from stillup.errors import StillupError
from stillup.intake.download import download
from stillup.intake.fetch import Fetcher
from stillup.intake.run import from_address
from stillup.records import store
from tests.intake.conftest import API, OUTAGE, PAGE, incident, update
from tests.tools import PATIENCE, Server, program, stillup

OLD = ["9tpgqq1h4b01", "9tpgqq1h4b02", "9tpgqq1h4b03"]


def old(code: str) -> dict[str, Any]:
    number = code[-2:]
    return incident(
        code,
        update(f"7f4jmtk5h{number}0", "investigating", "01T09:00"),
        update(f"7f4jmtk5h{number}1", "resolved", "01T10:00"),
    )


DOCUMENTS: dict[str, Any] = {
    "/api/v2/summary.json": {"page": PAGE, "components": [API], "incidents": [], "scheduled_maintenances": []},
    "/api/v2/components.json": {"page": PAGE, "components": [API]},
    "/api/v2/incidents.json": {"page": PAGE, "incidents": [OUTAGE]},
    "/api/v2/scheduled-maintenances.json": {"page": PAGE, "scheduled_maintenances": []},
    "/history.json?page=1": {"months": [{"incidents": [{"code": OUTAGE["id"]}, {"code": OLD[0]}]}]},
    "/history.json?page=2": {"months": [{"incidents": [{"code": OLD[1]}, {"code": OLD[2]}]}]},
    "/history.json?page=3": {"months": []},
    "/history.json?page=4": {"months": []},
    **{f"/incidents/{code}.json": old(code) for code in OLD},
}


class Host:
    """A host whose answers a test decides."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.before: dict[str, list[tuple[int, dict[str, str]]]] = {}
        """By path: answers that come before the document."""

        self.hold = ""
        """A path that is not answered until the test is over."""

        self.held, self.over = threading.Event(), threading.Event()

    def serve(self) -> Iterator["Host"]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                if self.path == host.hold:
                    host.held.set()
                    host.over.wait(30)
                    return
                first = host.before.get(self.path)
                if first:
                    status, headers = first.pop(0)
                    body = b"busy"
                elif self.path in DOCUMENTS:
                    status, headers, body = 200, {}, json.dumps(DOCUMENTS[self.path]).encode()
                else:
                    status, headers, body = 404, {}, b"no"
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        with Server(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            self.url = f"http://127.0.0.1:{server.server_port}"
            yield self
            self.over.set()
            server.shutdown()


@pytest.fixture
def host() -> Iterator[Host]:
    yield from Host().serve()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=PATIENCE) as made:
        yield made


def test_the_whole_history_comes_from_an_address(host, root):
    said: list[str] = []

    report = from_address(root, host.url, {}, pause=0, say=said.append)

    assert report.counts["incidents"] == 4
    assert {each.code for each in store.load(root).incidents} == {OUTAGE["id"], *OLD}
    assert "incidents 3/3" in said


def test_a_second_run_asks_for_lists_only(host, root):
    from_address(root, host.url, {}, pause=0)
    host.asked.clear()

    report = from_address(root, host.url, {}, pause=0)

    assert [path for path in host.asked if path.startswith("/incidents/")] == []
    assert "/api/v2/incidents.json" in host.asked
    assert report.updated == report.added == []


def test_a_busy_host_is_given_time(host, client, tmp_path):
    host.before["/api/v2/summary.json"] = [(429, {"retry-after": "7"}), (500, {}), (503, {})]
    slept: list[float] = []
    fetcher = Fetcher(client, pause=0.25, sleep=slept.append)

    found = download(host.url, tmp_path, fetcher, lambda _: None)

    assert len(found.stories()) == 4
    assert slept[0] == 7
    assert slept.count(0.25) >= len(set(host.asked)) - 1


def test_a_run_that_broke_goes_on_where_it_stopped(host, client, tmp_path):
    host.before[f"/incidents/{OLD[2]}.json"] = [(500, {})] * 6
    fetcher = Fetcher(client, pause=0, sleep=lambda _: None)
    with pytest.raises(StillupError, match="goes on"):
        download(host.url, tmp_path, fetcher, lambda _: None)
    host.asked.clear()

    found = download(host.url, tmp_path, fetcher, lambda _: None)

    assert host.asked == [f"/incidents/{OLD[2]}.json"]
    assert len(found.stories()) == 4


def test_a_run_that_was_killed_goes_on(host, root):
    host.hold = f"/incidents/{OLD[1]}.json"
    command = [str(program("stillup")), "import", "statuspage", host.url, "--root", str(root), "--pause", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        assert host.held.wait(PATIENCE)
        running.kill()
    assert not (root / "incidents").exists()
    host.hold = ""
    host.asked.clear()

    done = stillup(*command[1:])

    assert done.returncode == 0, done.stderr
    assert host.asked == [f"/incidents/{OLD[1]}.json", f"/incidents/{OLD[2]}.json"]
    assert len(store.load(root).incidents) == 4


def test_a_host_that_never_answers_is_left_in_time(client, tmp_path):
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow", request=request)

    slept: list[float] = []
    with (
        httpx.Client(transport=httpx.MockTransport(silent)) as slow,
        pytest.raises(StillupError, match="does not answer"),
    ):
        Fetcher(slow, pause=0, sleep=slept.append).get("https://status.example.com/history.json")
    assert sum(slept) < 60


def test_nobody_leads_to_another_host(host, client):
    host.before["/history.json"] = [(302, {"location": "http://169.254.169.254/latest"})]

    with pytest.raises(StillupError, match=r"leads to http://169\.254\.169\.254"):
        Fetcher(client, pause=0).get(f"{host.url}/history.json")


def test_a_redirect_on_the_same_host_is_followed(host, client):
    host.before["/old.json"] = [(301, {"location": "/history.json?page=1"})]

    assert json.loads(Fetcher(client, pause=0).get(f"{host.url}/old.json") or b"") == DOCUMENTS["/history.json?page=1"]


@pytest.mark.parametrize(
    "url", ["http://status.example.com", "ftp://127.0.0.1/x", "https://", "https://me:pw@x.example"]
)
def test_only_https_and_this_machine_are_asked(url, client):
    with pytest.raises(StillupError):
        Fetcher(client).get(url)


def test_the_command_reads_an_address_and_says_how_far_it_is(host, root: Path):
    done = stillup("import", "statuspage", host.url, "--root", root, "--pause", "0", "--json")

    assert done.returncode == 0, done.stderr
    assert "incidents 3/3" in done.stderr
    assert json.loads(done.stdout)["imported"]["incidents"] == 4
