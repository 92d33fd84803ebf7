"""The comment of a preview, put on its pull request or merge request: one comment, written anew by each run.

It is found again by its first line and by who wrote it: a stranger can write that line too, and a stranger's comment
can be changed by the stranger.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from stillup.delivery.wire import agent, trust
from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.pipeline.preview.comment import MARK

LONGEST = 65_536
"""So many characters GitHub takes."""

_PAGE = 100
_PAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that is there."""

    id: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What became of the comment."""

    action: str
    """`written`, `written anew`, or `left alone`."""

    url: str = ""


class Host(Protocol):
    """A code host, and the request that this run belongs to."""

    def is_newest(self) -> bool:
        """Whether this run is of the newest commit of the request."""

    def ours(self) -> list[Comment]:
        """Return the comments that earlier runs wrote, oldest first."""

    def write(self, text: str) -> Comment:
        """Write a new comment."""

    def rewrite(self, comment: Comment, text: str) -> Comment:
        """Write `comment` anew."""

    def remove(self, comment: Comment) -> None:
        """Take a second one away."""


def place(text: str, host: Host) -> Placed:
    """Put `text` on the request: in place of what earlier runs said, and never over a newer run's.

    Raises:
        StillupError: it is no comment of a preview, or the host refuses.
    """
    if not text.startswith(f"{MARK}\n"):
        raise StillupError("This is no comment of stillup preview. Name the comment.md that it wrote.")
    if len(text) > LONGEST:
        raise StillupError(
            f"The comment has {len(text)} characters, and {LONGEST} are taken. Run stillup preview anew."
        )
    if not host.is_newest():
        return Placed(action="left alone")
    found = host.ours()
    if not found:
        return Placed(action="written", url=host.write(text).url)
    kept = host.rewrite(found[0], text)
    for other in found[1:]:  # two runs at once wrote one each
        host.remove(other)
    return Placed(action="written anew", url=kept.url)


def open_host(environment: Mapping[str, str]) -> Host:
    """Return the host that runs us, as its variables say.

    Raises:
        StillupError: none does, it is no run of a request, or there is no token.
    """
    if environment.get("GITHUB_REPOSITORY"):
        return _GitHub(environment)
    if environment.get("CI_MERGE_REQUEST_IID"):
        return _GitLab(environment)
    raise StillupError(
        "This is no run of a pull request on GitHub or of a merge request on GitLab, so there is nothing to comment on."
    )


class _Api:
    """JSON from one address, with a token that no message holds."""

    def __init__(self, url: str, headers: Mapping[str, str], environment: Mapping[str, str], advice: str) -> None:
        self._url, self._advice = url.rstrip("/"), advice
        headers = {"user-agent": agent(), **headers}
        self._client = httpx.Client(headers=headers, timeout=30.0, verify=trust(environment))

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return what the host answers.

        Raises:
            StillupError: it refuses, or does not answer.
        """
        status, said = self.try_(method, path, body)
        if 200 <= status < 300:
            return said
        told = said.get("message") if isinstance(said, dict) else ""
        advice = f" {self._advice}" if status in {401, 403, 404} else ""
        raise StillupError(f"{method} {path.partition('?')[0]}: HTTP {status}{f' ({told})' if told else ''}.{advice}")

    def try_(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return the status and the document of an answer, whatever it is."""
        try:
            reply = (
                self._client.request(method, f"{self._url}{path}", json=body)
                if body is not None
                else (self._client.request(method, f"{self._url}{path}"))
            )
        except httpx.HTTPError as error:
            raise StillupError(f"{self._url} does not answer: {type(error).__name__}. Run the job again.") from None
        try:
            return reply.status_code, reply.json() if reply.content else None
        except ValueError:
            return reply.status_code, None

    def all(self, path: str) -> list[dict[str, Any]]:
        """Return every entry of a list that comes in pages."""
        found: list[dict[str, Any]] = []
        for number in range(1, _PAGES + 1):
            part = self.ask("GET", f"{path}?per_page={_PAGE}&page={number}")
            found += [each for each in part if isinstance(each, dict)]
            if len(part) < _PAGE:
                break
        return found


class _GitHub:
    """A pull request, by the REST API of 2022-11-28."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        request = _event(environment.get("GITHUB_EVENT_PATH", "")).get("pull_request")
        if not isinstance(request, dict):
            raise StillupError("This run is none of a pull request, so there is nothing to comment on.")
        token = environment.get("GITHUB_TOKEN", "")
        if not token:
            raise StillupError("GITHUB_TOKEN is not set. Give the step env: {GITHUB_TOKEN: ${{ github.token }}}.")
        headers = {
            "authorization": f"Bearer {token}",
            "accept": "application/vnd.github+json",
            "x-github-api-version": "2022-11-28",
        }
        url = environment.get("GITHUB_API_URL") or "https://api.github.com"
        advice = "The job needs permissions: {pull-requests: write}; a run from a fork has none."
        self._api = _Api(url, headers, environment, advice)
        self._number, self._head = int(request["number"]), str(request["head"]["sha"])
        self._repository = f"/repos/{quote(environment['GITHUB_REPOSITORY'])}"

    def is_newest(self) -> bool:
        now = self._api.ask("GET", f"{self._repository}/pulls/{self._number}")
        return bool(now["head"]["sha"] == self._head)

    def ours(self) -> list[Comment]:
        # The token of a workflow may not ask who it is; then it is a bot, and strangers are none.
        status, me = self._api.try_("GET", "/user")
        login = str(me["login"]) if status == 200 else ""
        found = self._api.all(f"{self._repository}/issues/{self._number}/comments")
        return [_github(each) for each in found if _is_marked(each) and _is_by(each.get("user"), login)]

    def write(self, text: str) -> Comment:
        path = f"{self._repository}/issues/{self._number}/comments"
        return _github(self._api.ask("POST", path, {"body": text}))

    def rewrite(self, comment: Comment, text: str) -> Comment:
        return _github(self._api.ask("PATCH", f"{self._repository}/issues/comments/{comment.id}", {"body": text}))

    def remove(self, comment: Comment) -> None:
        self._api.ask("DELETE", f"{self._repository}/issues/comments/{comment.id}")


class _GitLab:
    """A merge request, by the REST API v4."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        token = environment.get("STILLUP_GITLAB_TOKEN", "")
        if not token:
            raise StillupError(
                "STILLUP_GITLAB_TOKEN is not set. Make a project access token with the scope api and the role "
                "Reporter, and set it as a masked variable: the token of a job may not write notes."
            )
        advice = "STILLUP_GITLAB_TOKEN needs the scope api and the role Reporter in this project."
        self._api = _Api(environment["CI_API_V4_URL"], {"private-token": token}, environment, advice)
        project = environment.get("CI_MERGE_REQUEST_PROJECT_ID") or environment["CI_PROJECT_ID"]
        self._request = f"/projects/{quote(project, safe='')}/merge_requests/{environment['CI_MERGE_REQUEST_IID']}"
        self._page = environment.get("CI_MERGE_REQUEST_PROJECT_URL", "")
        self._iid = environment["CI_MERGE_REQUEST_IID"]
        # A pipeline of merged results runs on a commit of its own.
        self._head = environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environment["CI_COMMIT_SHA"]

    def is_newest(self) -> bool:
        return bool(self._api.ask("GET", self._request)["sha"] == self._head)

    def ours(self) -> list[Comment]:
        me = self._api.ask("GET", "/user")["id"]
        found = sorted(self._api.all(f"{self._request}/notes"), key=lambda each: int(each["id"]))
        return [self._note(each) for each in found if _is_marked(each) and each.get("author", {}).get("id") == me]

    def write(self, text: str) -> Comment:
        return self._note(self._api.ask("POST", f"{self._request}/notes", {"body": text}))

    def rewrite(self, comment: Comment, text: str) -> Comment:
        return self._note(self._api.ask("PUT", f"{self._request}/notes/{comment.id}", {"body": text}))

    def remove(self, comment: Comment) -> None:
        self._api.ask("DELETE", f"{self._request}/notes/{comment.id}")

    def _note(self, note: Mapping[str, Any]) -> Comment:
        where = f"{self._page}/-/merge_requests/{self._iid}#note_{note['id']}" if self._page else ""
        return Comment(id=int(note["id"]), url=where)


def _github(comment: Mapping[str, Any]) -> Comment:
    return Comment(id=int(comment["id"]), url=str(comment.get("html_url", "")))


def _is_marked(comment: Mapping[str, Any]) -> bool:
    return str(comment.get("body") or "").startswith(MARK)


def _is_by(user: object, login: str) -> bool:
    if not isinstance(user, dict):
        return False
    return user.get("login") == login if login else user.get("type") == "Bot"


def _event(path: str) -> Mapping[str, Any]:
    try:
        found = json.loads(Path(path).read_bytes()) if path else {}
    except (OSError, ValueError) as error:
        raise StillupError(f"The event in {path} cannot be read: {error}.") from None
    return found if isinstance(found, dict) else {}
