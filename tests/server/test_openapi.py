"""The description of `stillup serve`: of every way in, published, and true of what a running server answers."""

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from stillup.pipeline.serving.inlet import ENQUEUE, Inlet
from stillup.pipeline.serving.openapi import MACHINES, description
from stillup.pipeline.serving.serving import open_bench
from stillup.server import application, gate
from stillup.subscribers.opening import open_store
from stillup.subscribers.subscription import Subscription
from stillup.subscribers.token import Keys, Scope
from tests.server.conftest import BOUNCES, KEY, serving
from tests.tools import CLIENT, ROOT

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
PEOPLE = 400
SECRET = "s" * 40
EXAMPLES = int(os.environ.get("STILLUP_EXAMPLES", "6"))
"""Requests for each way in; `make fuzz` asks for more."""

CHECKS = [
    checks.not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, allow_header_conformance,
]  # fmt: skip
KEYS = Keys(KEY.encode())
SCOPES = {"confirm": Scope.CONFIRM, "code": Scope.CONFIRM, "manage": Scope.MANAGE, "u": Scope.UNSUBSCRIBE}
ALERT = {"status": "firing", "labels": {"alertname": "Errors"}, "startsAt": "2026-11-20T10:00:00Z", "fingerprint": "a"}
SCHEMA = schemathesis.openapi.from_dict(description("1"))
WAYS = [each.ok() for each in SCHEMA.get_all_operations()]


def per_way(fixture_name, config):
    """All ways in are asked of one server; of one each where they are asked so often that it would only say to wait."""
    return "module" if EXAMPLES < 50 else "function"


@pytest.fixture(scope=per_way)
def asked(tmp_path_factory):
    """A running application with people whose ids are known, that takes alerts."""
    root = tmp_path_factory.mktemp("asked")
    secrets = {
        f"STILLUP_INTAKE_{name.upper()}_SECRET": SECRET for name in ("alertmanager", "grafana", "pagerduty", "generic")
    }
    with serving(root, secrets) as running:
        store = open_store(root, "sqlite:private/subscribers.sqlite", bytes(16))
        store.save(person(number) for number in range(PEOPLE))
        store.close()
        yield running


@pytest.fixture(scope=per_way)
def served(asked):
    """The application itself, and what takes its alerts."""
    environment = {"STILLUP_TOKEN_KEY": KEY}
    bench = open_bench(asked.root, at=AT, environment=environment)
    inlet = Inlet(asked.root, bench.settings, environment, lambda: AT)
    yield SimpleNamespace(application=application(bench, inlet=inlet), inlet=inlet)
    bench.close()


def person(number):
    address = f"person-{number}@example.com"
    agreed = AT if number % 3 else None
    return Subscription(id=f"person-{number}", channel="email", address=address, key=address, confirmed_at=agreed)


def ways(served):
    return {(route.path, method.lower()) for route in served.routes for method in route.methods if method != "HEAD"}


def told(document):
    return {(path, verb) for path, verbs in document["paths"].items() for verb in verbs if verb != "parameters"}


def test_the_description_tells_of_every_way_in_and_of_no_other(served):
    assert told(description("1")) == ways(served.application)
    assert told(description("1", MACHINES)) == ways(gate(served.inlet))


def test_the_description_is_sound_openapi():
    assert list(OPENAPI_31_VALIDATOR.iter_errors(description("1"))) == []


def test_the_manual_publishes_the_description():
    published = json.loads((ROOT / "manual" / "docs" / "assets" / "serve.openapi.json").read_text(encoding="utf-8"))

    assert published == description(published["info"]["version"]), "run: stillup serve --openapi"
    page = (ROOT / "manual" / "docs" / "serve.md").read_text(encoding="utf-8")
    shown = {(path, verb) for path, verb in told(published) if f"| `{verb.upper()} {path}` |" in page}
    assert shown == told(published)


def test_a_running_server_gives_out_its_description(asked):
    answer = CLIENT.get(f"{asked.url}openapi.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["paths"] == description("1")["paths"]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.method} {way.path}")
def test_what_is_described_is_what_a_running_server_answers(way, asked):
    """schemathesis asks rightly and wrongly, every second time with a signature that it could not guess."""
    numbers, seen = count(WAYS.index(way)), set()

    with requests.Session() as session:

        @given(case=way.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=EXAMPLES < 10,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            number = next(numbers)
            # Each call comes from elsewhere: whoever asks too often is only asked to wait.
            case.headers = {**(case.headers or {}), "X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"}
            for signs in (False, True):
                if signs:
                    sign(case, number)
                answer = case.call(base_url=asked.url, session=session)
                case.validate_response(answer, checks=CHECKS)
                seen.add(answer.status_code)

        ask()

    assert seen & {200, 202, 303, 404, 422}, seen
    assert "Traceback" not in asked.log.read_text()


def sign(case, number):
    """Add to `case` what only we, or who holds a secret, can make."""
    path = case.operation.path
    if (scope := SCOPES.get(path.split("/")[1])) is not None:
        case.path_parameters["token"] = KEYS.sign(scope, f"person-{number % PEOPLE}")
    if isinstance(case.body, dict) and path in ("/subscribe", "/link"):
        case.body = {**case.body, "form": KEYS.sign(Scope.FORM, "form")}
    if path == "/bounces" and isinstance(case.body, dict | list | str | int | None):
        case.body = json.dumps(case.body).encode()
        case.headers |= signed(case.body, BOUNCES, datetime.now(UTC))
    if path == "/intake/{source}":
        case.headers |= {"Authorization": f"Bearer {SECRET}"}
        if number % 2:
            case.body = {"version": "4", "alerts": [ALERT]}
    if path == ENQUEUE:
        event = (
            case.body if isinstance(case.body, dict) and number % 2 else {"event_action": "trigger", "dedup_key": "x"}
        )
        case.body = event | {"routing_key": SECRET}


def signed(body, secret, at):
    """Sign `body` after Standard Webhooks."""
    now = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = base64.b64encode(hmac.digest(key, f"m.{now}.".encode() + body, hashlib.sha256)).decode()
    return {"webhook-id": "m", "webhook-timestamp": now, "webhook-signature": f"v1,{made}"}
