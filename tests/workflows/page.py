"""A page as `stillup init` lays it out, on a host, with a mail provider, a served branch and people on a list."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

from tests.channels.fake_resend import FakeResend
from tests.channels.receiver import Asked, Script, receiving
from tests.tools import Server, stillup, tick
from tests.workflows.host import Host, git

SECRETS = {"STILLUP_LEDGER_KEY": "0123456789abcdef0123456789abcdef", "STILLUP_RESEND_KEY": "re_right"}
PEOPLE = [f"s{number}@example.com" for number in range(3)]


class Branch(BaseHTTPRequestHandler):
    """Serves a branch of a bare repository, as Pages does."""

    def __init__(self, *words: Any, remote: Path) -> None:
        self._remote = remote
        super().__init__(*words)

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].strip("/") or "index.html"
        done = subprocess.run(
            ["git", "-C", self._remote, "cat-file", "blob", f"refs/heads/gh-pages:{name}"], capture_output=True
        )
        self.send_response(404 if done.returncode else 200)
        self.send_header("content-length", str(len(done.stdout)))
        self.end_headers()
        self.wfile.write(done.stdout)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the test tells what went wrong."""


class Provider(FakeResend):
    """A mail provider; `hook` is called once, with the first mail taken and not answered."""

    def __init__(self) -> None:
        super().__init__()
        self.hook: Any = None

    def answer(self, asked: Asked) -> Script:
        said = super().answer(asked)
        if self.hook is not None:
            hook, self.hook = self.hook, None
            hook()
        return said

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who got which subject, sorted."""
        addresses = ((mail["to"], str(mail["subject"])) for mail in self.mails)
        return sorted((str(to[0] if isinstance(to, list) else to), subject) for to, subject in addresses)


@dataclass
class Page:
    """The maintainers' clone, and everything around it."""

    root: Path
    remote: Path
    host: Host
    post: Provider
    url: str

    def workflow(self, name: str) -> str:
        return (self.root / ".github" / "workflows" / f"{name}.yml").read_text()

    def served(self, name: str) -> str:
        return git(self.remote, "show", f"refs/heads/gh-pages:{name}")

    def commit(self, said: str = "Say what is so") -> str:
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "-m", said)
        return git(self.root, "rev-parse", "HEAD")

    def push(self, *more: str) -> None:
        git(self.root, "push", "--quiet", *more, "origin", "HEAD:main")

    def say(self, title: str, *bodies: str, id: str = "cards") -> str:
        """Commit an incident with an update a body, all of these seconds, and push it."""
        updates = [
            f"  - at: {tick():%Y-%m-%dT%H:%M:%SZ}\n"
            f"    id: update-{number}\n    status: {'identified' if number else 'investigating'}\n"
            f"    components: {{checkout: partial_outage}}\n    body: {body}\n    next_update_in: 30m\n"
            for number, body in enumerate(bodies)
        ]
        path = self.root / "incidents" / "2026" / f"{id}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"title: {title}\nseverity: P1\nupdates:\n{''.join(updates)}")
        made = self.commit(title)
        self.push()
        return made

    def publish(self, ref: str = "refs/heads/main", event: str = "push") -> Any:
        run = self.host.job(self.workflow("status"), "publish", event, {}, ref)
        assert run is not None
        return run


@contextmanager
def opened(folder: Path, *words: str) -> Iterator[Page]:
    """A page whose ledger has begun, committed and pushed."""
    root, remote, private = folder / "status", folder / "status.git", folder / "private.git"
    for bare in (remote, private):
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    laid = stillup(
        "init", root, "--name", "Advancia Pay Ledger", "--component", "Checkout", "--at", "2026-06-01T00:00:00Z", *words
    )
    assert laid.returncode == 0, laid.stderr
    post = Provider()
    server = Server(("127.0.0.1", 0), partial(Branch, remote=remote))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    with receiving(post) as receiver:
        settings = yaml.safe_load((root / "mkdocs.yml").read_text())
        settings["site_url"] = url
        mail = {"via": "resend", "api": f"http://127.0.0.1:{receiver.port}", "rate": 1000, "from": "status@example.com"}
        settings["plugins"][1]["stillup"] |= {"channels": {"email": mail}, "ledger": "git:origin#refs/stillup/ledger"}
        (root / "mkdocs.yml").write_text(yaml.safe_dump(settings))
        git(folder, "init", "--quiet", "-b", "main", str(root))
        git(root, "remote", "add", "origin", f"file://{remote}")
        (root / "incidents" / "2026").mkdir()
        page = Page(root, remote, Host(folder / "host", {}), post, url)
        page.commit()
        page.push()
        begun = stillup("ledger", "init", "--root", root, **SECRETS)
        assert begun.returncode == 0, begun.stderr
        list_ = root / "private"
        list_.mkdir()
        git(folder, "init", "--quiet", "-b", "main", str(list_))
        (list_ / "subscribers.yml").write_text(
            "".join(f"- {{channel: email, address: {who}, confirmed_at: 2026-01-01T00:00:00Z}}\n" for who in PEOPLE)
        )
        git(list_, "add", "--all")
        git(list_, "commit", "--quiet", "-m", "The list")
        git(list_, "push", "--quiet", str(private), "HEAD:main")
        page.host.remotes = {"ledger/status": remote, "ledger/private": private}
        page.host.secrets = {**SECRETS, "PRIVATE_RECORDS_TOKEN": "a token"}
        page.host.vars = {"PRIVATE_RECORDS": "ledger/private"}
        try:
            yield page
        finally:
            server.shutdown()
            server.server_close()
