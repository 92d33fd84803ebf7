"""GitHub's and GitLab's comments on loopback: what they let a token do, and how they page."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.channels.receiver import Asked, Script, answer

PAGE = 100


@dataclass
class CodeHost:
    """One request with comments. `bot` is who our token belongs to."""

    head: str
    bot: dict[str, Any]
    comments: list[dict[str, Any]] = field(default_factory=list)
    knows_itself: bool = False
    """Whether the token may ask who it is: that of a workflow may not."""

    asked: list[str] = field(default_factory=list)

    def add(self, body: str, user: dict[str, Any] | None = None) -> dict[str, Any]:
        number = max((each["id"] for each in self.comments), default=0) + 1
        made = {"id": number, "body": body, "user": user or self.bot, "author": user or self.bot}
        self.comments.append(made | {"html_url": f"https://git.example.com/comment/{number}"})
        return self.comments[-1]

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.comments]

    def answer(self, asked: Asked) -> Script:
        method, path, _ = asked.line.split()
        self.asked.append(f"{method} {path}")
        token = asked.headers.get("authorization", "").removeprefix("Bearer ") or asked.headers.get("private-token", "")
        body = json.loads(asked.body)["body"] if asked.body else ""
        if not token:
            return _said(401, {"message": "Bad credentials"})
        if method != "GET" and not ("pull-requests" in token and "write" in token) and token != "glpat-right":
            return _said(403, {"message": "Resource not accessible by integration"})
        if path == "/user":
            return _said(200, self.bot) if self.knows_itself else _said(403, {"message": "Resource not accessible"})
        if re.fullmatch(r"/repos/ledger/status/pulls/\d+", path):
            return _said(200, {"head": {"sha": self.head}})
        if re.fullmatch(r"/projects/7/merge_requests/\d+", path):
            return _said(200, {"sha": self.head})
        if found := re.fullmatch(r"/\S+/(?:comments|notes)\?per_page=100&page=(\d+)", path):
            start = (int(found[1]) - 1) * PAGE
            return _said(200, self.comments[start : start + PAGE])
        if method == "POST" and path.endswith(("/comments", "/notes")):
            return _said(201, self.add(body))
        if found := re.fullmatch(r"/\S+/(?:comments|notes)/(\d+)", path):
            one = next(each for each in self.comments if each["id"] == int(found[1]))
            if method == "DELETE":
                self.comments.remove(one)
                return answer(204)
            one["body"] = body
            return _said(200, one)
        return _said(404, {"message": "Not Found"})


def _said(status: int, document: object) -> Script:
    return answer(status, json.dumps(document), content_type="application/json")
