"""Resend as far as its rules of repeats go: a key is known for 24 hours, and stands for the bytes it came with."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from tests.channels.receiver import AT, Asked, Script, answer

FIELDS = {"from", "to", "subject", "html", "text", "headers", "reply_to", "tags", "cc", "bcc"}


class FakeResend:
    """Takes mails at `/emails` and `/emails/batch`. `now` is its clock."""

    def __init__(self, key: str = "re_right", verified: tuple[str, ...] = ("example.com",)) -> None:
        self.key, self.verified, self.now = key, verified, AT
        self.mails: list[Mapping[str, object]] = []
        self.known: dict[str, tuple[datetime, bytes, str]] = {}

    def answer(self, asked: Asked) -> Script:
        """Return what it says to a request."""
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            return self._wrong(401, "invalid_api_key")
        path = asked.line.split()[1]
        key = asked.headers.get("idempotency-key", "")
        if len(key) > 256:
            return self._wrong(400, "invalid_idempotency_key")
        if key in self.known:
            since, digest, said = self.known[key]
            if self.now - since < timedelta(hours=24):
                if digest != sha256(path.encode() + asked.body).digest():
                    return self._wrong(409, "invalid_idempotent_request")
                return answer(200, said, content_type="application/json")
        document = json.loads(asked.body)
        batch = document if path == "/emails/batch" else [document]
        if len(batch) > 100 or path not in {"/emails", "/emails/batch"}:
            return self._wrong(422, "validation_error")
        for mail in batch:
            if set(mail) - FIELDS or not mail["to"] or len(mail["to"]) > 50 or not {"text", "html"} & set(mail):
                return self._wrong(422, "validation_error")
            if mail["from"].rpartition("@")[2].rstrip(">") not in self.verified:
                return self._wrong(403, "validation_error")
        ids = []
        for mail in batch:
            self.mails.append(mail)
            ids.append({"id": f"00000000-0000-0000-0000-{len(self.mails):012}"})
        said = json.dumps({"data": ids} if path == "/emails/batch" else ids[0])
        if key:
            self.known[key] = (self.now, sha256(path.encode() + asked.body).digest(), said)
        return answer(200, said, content_type="application/json")

    def _wrong(self, status: int, name: str) -> Script:
        said = {"statusCode": status, "name": name, "message": "subscriber@example.com is in this sentence"}
        return answer(status, json.dumps(said), content_type="application/json")
