"""Real clients of Statuspage's API, pointed at ours on loopback, unchanged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import CLIENT, JUDGES, MODULES, ROOT, need, program

CLIENTS = ROOT / ".venv-clients"
LOCK = ROOT / "requirements" / "clients.txt"


def node(script: str, *words: str, package: str) -> str:
    """Run a script beside the judges of npm and return what it prints."""
    need("node")
    if not (MODULES / package / "package.json").is_file():
        pytest.skip(f"needs {package}: npm ci --prefix {JUDGES.relative_to(ROOT)}")
    return run([str(program("node")), "--eval", script, *words], cwd=JUDGES)


@pytest.fixture(scope="session")
def python() -> Path:
    """A Python with the locked clients; it is made once, from the package index."""
    make = [sys.executable, str(ROOT / "requirements" / "environment.py"), "--without-project", str(CLIENTS), str(LOCK)]
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        pytest.skip(f"needs the clients of {LOCK.relative_to(ROOT)}: {(done.stdout + done.stderr).strip()[-300:]}")
    return CLIENTS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(command: list[str], *, cwd: Path, **environment: str) -> str:
    """Return what a client prints; it must end well."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


DOCUMENTS = {
    "summary": "summary",
    "status": "status",
    "components": "components",
    "incidents": "incidents",
    "unresolved": "incidents/unresolved",
    "maintenances": "scheduled-maintenances",
    "active": "scheduled-maintenances/active",
    "upcoming": "scheduled-maintenances/upcoming",
}


def test_statuspage_io_of_npm_reads_every_document(api_url, published):
    """Its other questions about maintenances go to upcoming.json too."""
    said = node(
        """
        const { Statuspage } = require("statuspage.io");
        const page = new Statuspage("example");
        page.setApiUrl(process.argv[1]);
        const { api } = page, works = api.scheduledMaintenances;
        const asked = {
          summary: api.getSummary(), status: api.getStatus(), components: api.getComponents(),
          incidents: api.incidents.getAll(), unresolved: api.incidents.getUnresolved(),
          upcoming: works.getUpcoming(),
        };
        Promise.all(Object.entries(asked).map(async ([name, found]) => [name, await found]))
          .then((found) => console.log(JSON.stringify(Object.fromEntries(found))));
        """,
        api_url,
        package="statuspage.io",
    )

    for name, found in json.loads(said).items():
        assert found == published(f"api/v2/{DOCUMENTS[name]}.json")


@pytest.mark.parametrize("indicator", ["critical", "maintenance"])
def test_the_widget_of_statuspage_shows_our_state(indicator, api_url, published, tmp_path, serve):
    url = api_url
    if indicator == "maintenance":
        summary = published("api/v2/summary.json")
        summary["status"] = {"indicator": indicator, "description": "Service Under Maintenance"}
        (tmp_path / "api" / "v2").mkdir(parents=True)
        (tmp_path / "api" / "v2" / "summary.json").write_text(json.dumps(summary))
        url = serve(tmp_path, headers={"Access-Control-Allow-Origin": "*"}).rstrip("/")
    said = node(
        """
        const { JSDOM } = require("jsdom");
        const { readFileSync } = require("fs");
        const html = `<!doctype html><statuspage-widget src="${process.argv[1]}"></statuspage-widget>`;
        const { window } = new JSDOM(html, {
          url: "http://shop.example.com/", runScripts: "outside-only", pretendToBeVisual: true,
        });
        window.fetch = fetch;
        window.eval(readFileSync("node_modules/@statuspage/status-widget/dist/index.js", "utf8"));
        const until = Date.now() + 20000;
        const timer = setInterval(() => {
          const root = window.document.querySelector("statuspage-widget").shadowRoot;
          const mark = root && root.querySelector(".status-indicator");
          const text = root && root.querySelector(".status-text");
          if ((text && text.textContent.trim()) || Date.now() > until) {
            clearInterval(timer);
            console.log(JSON.stringify([mark && mark.className.split(" ").pop(), text && text.textContent.trim()]));
            window.close();
          }
        }, 50);
        """,
        url,
        package="@statuspage/status-widget",
    )
    labels = {"critical": "Major System Outage", "maintenance": "Service Under Maintenance"}

    assert json.loads(said) == [indicator, labels[indicator]]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="statuscheck's httpx needs the module cgi, gone in Python 3.13")
def test_statuscheck_knows_every_word_we_use(python, api_url, tmp_path, published):
    """It fails on an indicator or a state that Statuspage does not have."""
    said = run(
        [
            str(python),
            "-c",
            "import json, sys\n"
            "from statuscheck.services.bases._statuspageio import BaseStatusPageAPI\n"
            "class Page(BaseStatusPageAPI):\n"
            "    def _get_base_url(self):\n"
            "        return sys.argv[1] + '/api/v2/'\n"
            "summary = Page().get_summary()\n"
            "print(json.dumps([summary.status.description, [c.name for c in summary.components],\n"
            "                  [[i.name, i.status] for i in summary.incidents]]))",
            api_url,
        ],
        cwd=tmp_path,
    )
    summary = published("api/v2/summary.json")

    assert json.loads(said) == [
        "Major System Outage",
        [each["name"] for each in summary["components"]],
        [[each["name"], each["status"]] for each in summary["incidents"] + summary["scheduled_maintenances"]],
    ]


def test_whadup_and_discordstatus_read_every_document(python, api_url, tmp_path, published):
    said = run(
        [
            str(python),
            "-c",
            "import json, sys\n"
            "import whadup\n"
            "whadup.API_BASE_URL = sys.argv[1] + '/api/'\n"
            "from whadup.core import GithubStatus as Page\n"
            "from discordstatus.discordstatus import DiscordStatus\n"
            "page, other = Page(), DiscordStatus()\n"
            "other.base_target = sys.argv[1] + '/api/v2'\n"
            "one = dict(summary=page.summary(), status=page.status(), components=page.components(),\n"
            "    incidents=Page.Incidents(), unresolved=Page.Incidents.unresolved(),\n"
            "    maintenances=Page.Maintenances(), upcoming=Page.Maintenances.upcoming(),\n"
            "    active=Page.Maintenances.active())\n"
            "two = dict(summary=other.summary, status=other.status, components=other.components,\n"
            "    incidents=other.all_incidents, unresolved=other.unresolved_incidents,\n"
            "    maintenances=other.all_maintenances, upcoming=other.upcoming_maintenances,\n"
            "    active=other.active_maintenances)\n"
            "print(json.dumps([one, two]))",
            api_url,
        ],
        cwd=tmp_path,
    )
    expected = {name: published(f"api/v2/{path}.json") for name, path in DOCUMENTS.items()}

    assert json.loads(said) == [expected, expected]


def test_an_exporter_counts_our_incidents_and_components(python, api_url, tmp_path, published):
    services = {"acme": {"url": f"{api_url}/api/v2/summary.json", "name": "Acme"}}
    (tmp_path / "services.json").write_text(json.dumps(services))
    run(
        [str(python), "-m", "statuspage_prometheus_exporter.status_monitoring"],
        cwd=tmp_path,
        RUN_MODE="once",
        METRICS_TEXTFILE_PATH=str(tmp_path / "out.prom"),
        SERVICES_JSON_PATH=str(tmp_path / "services.json"),
    )
    written = (tmp_path / "out.prom").read_text()
    summary = published("api/v2/summary.json")

    for each in summary["components"]:
        assert f'"{each["name"]}"' in written
    for each in summary["incidents"] + summary["scheduled_maintenances"]:
        assert each["id"] in written
        assert each["shortlink"] in written


def test_a_missing_document_is_missing(api_url):
    for path in ("api/v2/nothing.json", "incidents/000000000000.json", "incidents/000000000000", "history/2020.json"):
        assert CLIENT.get(f"{api_url}/{path}").status_code == 404
    assert CLIENT.head(f"{api_url}/api/v2/components.json").status_code == 200


def test_newsboat_reads_every_kind_of_feed_there_is(api_url, published, tmp_path):
    """Two rounds: what it has read once it does not show again."""
    need("newsboat")
    name = published("api/stillup/v1/incidents/2026.json")["incidents"][0]["id"]
    feeds = [
        *("feed.atom", "feed.rss", "incidents.rss", "maintenance.atom", "history.rss", "history.atom"),
        *("components/payments-stripe/feed.atom", "components/payments-stripe/feed.rss", f"incidents/{name}/feed.atom"),
    ]
    (tmp_path / "urls").write_text("".join(f"{api_url}/{feed}\n" for feed in feeds))
    command = [str(program("newsboat")), "-u", str(tmp_path / "urls"), "-c", str(tmp_path / "cache.db")]
    (tmp_path / "config").write_text("")
    command += ["-C", str(tmp_path / "config"), "-x"]
    run([*command, "reload"], cwd=tmp_path, HOME=str(tmp_path))
    unread = run([*command, "print-unread"], cwd=tmp_path, HOME=str(tmp_path))
    run([*command, "reload"], cwd=tmp_path, HOME=str(tmp_path))

    assert int(unread.split()[0]) > 100
    assert run([*command, "print-unread"], cwd=tmp_path, HOME=str(tmp_path)) == unread


def test_a_feed_reader_finds_the_feed_of_one_incident_from_its_page(api_url, published):
    import feedparser
    import httpx
    from lxml import html

    for record in published("api/v2/incidents/unresolved.json")["incidents"]:
        page = CLIENT.get(f"{api_url}/incidents/{record['id']}/")
        to = html.fromstring(page.text).xpath("//meta[@http-equiv='refresh']/@content")[0].partition("url=")[2]
        place = httpx.URL(page.url).join(to)
        (href,) = html.fromstring(CLIENT.get(place).text).xpath("//link[@href='feed.atom']/@href")
        read = feedparser.parse(CLIENT.get(place.join(href)).content)

        assert not read.bozo
        assert len(read.entries) == len(record["incident_updates"])
        assert all(record["name"] in entry.title for entry in read.entries)
