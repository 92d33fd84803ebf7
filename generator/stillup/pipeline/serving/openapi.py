"""What `stillup serve` answers, for programs: an OpenAPI 3.1 description made of the words that it takes.

`tests/server/test_openapi.py` holds it against the routes, and lets schemathesis ask everything it describes.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from stillup.intake.alert.notification import LARGEST, SOURCES
from stillup.pipeline.serving.inlet import ENQUEUE
from stillup.records.subscriber import CHANNELS
from stillup.subscribers.token import PATTERN
from stillup.vocabulary import Follow, Impact, Kind

Json = dict[str, Any]

LONGEST = 32 * 1024
"""Bytes that a form or a report may have."""

MACHINES = ("/intake/{source}", ENQUEUE, "/healthz", "/openapi.json")
"""What there is where nobody can subscribe."""

_TEXT: Json = {"type": "string"}
_PAGE = "text/html; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_FORM_TYPE = "application/x-www-form-urlencoded"

_DEAD = "The link is used up, too old, or not one of ours."
_BUSY = "Somebody asks too often: ask again after `Retry-After` seconds."
_WRONG = "Something in the form cannot be; the page says what."
_REFUSED = {
    400: "The body is cut off, or has too many fields.",
    413: f"The body has more than {LONGEST // 1024} KB.",
    415: f"The body is not `{_FORM_TYPE}`.",
}


def description(version: str, paths: Collection[str] | None = None) -> Json:
    """Return the description for `version` of the package: of everything, or of `paths`."""
    every = {**_forms(), **_links(), **_machines()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "stillup serve",
            "version": version,
            "summary": "Where people subscribe to a status page, and alerts arrive.",
            "description": (
                "Pages are for people and their words may change; statuses, fields and what follows from them do not. "
                "There is no cookie and no session: whoever holds a signed link may do what it is for. "
                "GET and HEAD change nothing."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "As the setting `serve: {url: ...}` says."}],
        "paths": {path: every[path] for path in (every if paths is None else paths)},
        "components": {"securitySchemes": _proofs()},
    }


def text(version: str) -> str:
    """Return the whole description as its file has it."""
    return json.dumps(description(version), ensure_ascii=False, indent=2) + "\n"


def _forms() -> Json:
    """What people fill in."""
    reach = _reach()
    address: Json = {"channel": {"enum": list(CHANNELS)}, "address": {"type": "string", "maxLength": 2048}}
    form: Json = {"form": {"type": "string", "description": "The hidden field of the form that `/` shows."}}
    return {
        "/": {
            "get": {
                "operationId": "form",
                "summary": "Shows the form, filled in with what the address says.",
                "parameters": [
                    {"name": name, "in": "query", "schema": shape, "style": "form", "explode": True}
                    for name, shape in ({"channel": address["channel"]} | reach).items()
                ],
                "responses": _pages({200: "The form."}, {400: "The address has too many fields."}),
            }
        },
        "/subscribe": {
            "post": {
                "operationId": "subscribe",
                "summary": "Takes a wish; the address gets a link or a code, once in a while.",
                "description": "The answer is the same whether the address is known or not.",
                "requestBody": _form(form | address | reach, ["form", "address"]),
                "responses": _moved("To `/sent`, or `/code/{token}` for a telephone.")
                | _pages({422: _WRONG, 429: _BUSY}, _REFUSED),
            }
        },
        "/link": {
            "post": {
                "operationId": "link",
                "summary": "Sends a new link to whoever has a subscription.",
                "description": "The answer is the same whether the address is known or not.",
                "requestBody": _form(form | address, ["form", "address"]),
                "responses": _moved("To `/sent`.") | _pages({422: _WRONG, 429: _BUSY}, _REFUSED),
            }
        },
        "/sent": {
            "get": {
                "operationId": "sent",
                "summary": "Says that a message may be on its way.",
                "responses": _pages({200: "The page."}),
            }
        },
        "/code/{token}": {
            "parameters": [_token("confirm")],
            "get": {
                "operationId": "askCode",
                "summary": "Asks for the code that went to a telephone.",
                "responses": _pages({200: "The form, whatever the token is."}),
            },
            "post": {
                "operationId": "enterCode",
                "summary": "Confirms a telephone, when the code is right; five tries.",
                "requestBody": _form({"code": {"type": "string", "description": "Six digits."}}, ["code"]),
                "responses": _pages(
                    {200: "It is confirmed.", 422: "The code is wrong, or was tried too often.", 429: _BUSY}, _REFUSED
                ),
            },
        },
    }


def _links() -> Json:
    """What somebody does who holds a link."""
    reach = _reach()
    gone = {404: _DEAD}
    return {
        "/confirm/{token}": {
            "parameters": [_token("confirm")],
            "get": {
                "operationId": "askConfirm",
                "summary": "Shows what would be confirmed.",
                "responses": _pages({200: "A question with one button."} | gone),
            },
            "post": {
                "operationId": "confirm",
                "summary": "Confirms a subscription; a second time changes nothing.",
                "responses": _pages({200: "It is confirmed; of a webhook the page shows its secret, once."} | gone),
            },
        },
        "/manage/{token}": {
            "parameters": [_token("manage")],
            "get": {
                "operationId": "askManage",
                "summary": "Shows a subscription.",
                "parameters": [{"name": "saved", "in": "query", "schema": _TEXT, "allowEmptyValue": True}],
                "responses": _pages({200: "The form."} | gone),
            },
            "post": {
                "operationId": "manage",
                "summary": "Changes what a subscription asks for.",
                "requestBody": _form(reach, []),
                "responses": _moved("To the same page, with `?saved`.")
                | _pages({422: _WRONG, 429: _BUSY} | gone, _REFUSED),
            },
        },
        "/manage/{token}/data.csv": {
            "parameters": [_token("manage")],
            "get": {
                "operationId": "ownData",
                "summary": "Gives out everything that is kept of the address.",
                "responses": _answers({200: "The subscriptions."}, "text/csv; charset=utf-8", _TEXT) | _pages(gone),
            },
        },
        "/manage/{token}/forget": {
            "parameters": [_token("manage")],
            "post": {
                "operationId": "forget",
                "summary": "Deletes everything of the address.",
                "responses": _pages({200: "It is done."} | gone),
            },
        },
        "/u/{token}": {
            "parameters": [_token("unsubscribe")],
            "get": {
                "operationId": "askLeave",
                "summary": "Shows a button; changes nothing, for programs that look at mail.",
                "responses": _pages({200: "The button, or that it has ended already."} | gone),
            },
            "post": {
                "operationId": "leave",
                "summary": "Unsubscribes by one click, whatever the body says (RFC 8058).",
                "responses": _pages({200: "It has ended."} | gone),
            },
        },
    }


def _machines() -> Json:
    """What programs send and ask."""
    sized = {413: _REFUSED[413]}
    return {
        "/bounces": {
            "post": {
                "operationId": "bounces",
                "summary": "Takes a signed report of addresses to which nothing more may go.",
                "security": [{"standardWebhooks": []}],
                "parameters": [_header(name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")],
                "requestBody": _json(_report()),
                "responses": _answers({200: "Noted.", 400: "It is no report.", 401: "Nobody signed it."})
                | _pages({}, sized),
            }
        },
        "/texts": {
            "post": {
                "operationId": "texts",
                "summary": "Takes a signed STOP or START that somebody sent to our number.",
                "security": [{"twilio": []}],
                "parameters": [_header("x-twilio-signature")],
                "requestBody": _form(dict.fromkeys(("From", "Body", "OptOutType"), _TEXT), []),
                "responses": _answers({200: "Noted; the carrier answers."}, "text/xml; charset=utf-8", _TEXT)
                | _answers({403: "Twilio did not sign it."})
                | _pages({404: "No text messages are sent through Twilio."}, {400: _REFUSED[400]} | sized),
            }
        },
        "/intake/{source}": {
            "post": {
                "operationId": "intake",
                "summary": "Keeps what monitoring says, before it answers.",
                "security": [{"bearer": []}, {"grafana": []}, {"pagerduty": []}, {"standardWebhooks": []}],
                "parameters": [_path("source", {"enum": list(SOURCES)})],
                "requestBody": _json({}),
                "responses": _answers(
                    {
                        200: "It is on the disk.",
                        400: "It is no notification of that source, or cut off.",
                        401: "Nobody signed it with the secret of the source.",
                        404: "There is no such source.",
                        413: f"It has more than {LARGEST // 1024 // 1024} MB.",
                        503: "It could not be kept: send it again after `Retry-After` seconds.",
                    },
                    "*/*",
                ),
            }
        },
        ENQUEUE: {
            "post": {
                "operationId": "enqueue",
                "summary": "Keeps an event of PagerDuty's Events API v2, before it answers.",
                "description": "The event's `routing_key` is the secret of the source `pagerduty`.",
                "requestBody": _json({}),
                "responses": _answers(
                    {
                        202: "It is on the disk.",
                        400: "It is no event, or cut off.",
                        401: "Its `routing_key` is not the secret.",
                        404: "No alerts are taken here.",
                        413: f"It has more than {LARGEST // 1024 // 1024} MB.",
                        503: "It could not be kept: send it again after `Retry-After` seconds.",
                    },
                    "*/*",
                    {"type": ["object", "string"], "required": ["status", "message"]},
                ),
            }
        },
        "/healthz": {
            "get": {
                "operationId": "health",
                "summary": "Says whether subscribers can be asked, and alerts worked out.",
                "responses": _answers({200: "All is well."}, shape={"const": "ok\n"})
                | _answers({503: "Something waits."}, shape={"enum": ["no store\n", "alerts wait\n"]}),
            }
        },
        "/openapi.json": {
            "get": {
                "operationId": "description",
                "summary": "This description.",
                "responses": _answers({200: "OpenAPI 3.1."}, "application/json", {"type": "object"}),
            }
        },
        "/assets/{name}": {
            "parameters": [_path("name", {"type": "string", "pattern": "^[^/]+$"})],
            "get": {
                "operationId": "asset",
                "summary": "Gives out a style or a picture of the pages.",
                "responses": _answers({200: "The file."}, "*/*") | _pages({404: "There is none of that name."}),
            },
        },
    }


def _reach() -> Json:
    """What a subscription can ask for."""
    return {
        "components": {"type": "array", "items": _TEXT, "description": "Ids, and `group:` ids; none: everything."},
        "kinds": {"type": "array", "items": {"enum": list(Kind)}},
        "impact": {"enum": ["", *Impact], "description": "Incidents of at least this impact."},
        "follow": {"enum": ["", *Follow]},
        "incident": {"type": "string", "description": "The id of the only one to hear of.", "maxLength": 100},
        "language": {"type": "string", "description": "A code of the page's languages."},
        "timezone": {"type": "string", "description": "A name of the IANA database.", "maxLength": 64},
    }


def _report() -> Json:
    addresses = {"type": ["string", "array"], "items": _TEXT}
    facts = {"channel": {"enum": list(CHANNELS)}, "to": addresses, "address": addresses}
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string", "examples": ["bounce", "complaint", "email.bounced", "email.complained"]},
            "data": {"type": "object", "properties": facts},
        },
    }


def _proofs() -> Json:
    def header(name: str, said: str) -> Json:
        return {"type": "apiKey", "in": "header", "name": name, "description": said}

    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": "The secret of the source."},
        "grafana": header("x-grafana-alerting-signature", "HMAC-SHA256, with its timestamp header if there is one."),
        "pagerduty": header("x-pagerduty-signature", "`v1=` and HMAC-SHA256 of the body."),
        "standardWebhooks": header("webhook-signature", "Of Standard Webhooks, with their id and timestamp."),
        "twilio": header("x-twilio-signature", "HMAC-SHA1 over address and fields, with the account's token."),
    }


def _token(purpose: str) -> Json:
    said = f"Of a link that we sent: signed, and good for one subscription ({purpose})."
    return _path("token", {"type": "string", "pattern": f"^{PATTERN}$"}) | {"description": said}


def _path(name: str, shape: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": shape}


def _header(name: str) -> Json:
    return {"name": name, "in": "header", "required": False, "schema": _TEXT}


def _form(fields: Mapping[str, Json], needed: Iterable[str]) -> Json:
    shape = {"type": "object", "properties": dict(fields), "required": list(needed)}
    return {"content": {_FORM_TYPE: {"schema": shape}}, "required": bool(shape["required"])}


def _json(shape: Json) -> Json:
    return {"content": {"application/json": {"schema": shape}}, "required": True}


def _pages(said: Mapping[int, str], others: Mapping[int, str] | None = None) -> Json:
    return _answers({**said, **(others or {})}, _PAGE, _TEXT)


def _moved(said: str) -> Json:
    location = {"Location": {"required": True, "schema": {"type": "string", "format": "uri-reference"}}}
    return {"303": {"description": said, "headers": location}}


def _answers(said: Mapping[int, str], kind: str = _PLAIN, shape: Json | None = None) -> Json:
    answers: Json = {}
    for status, words in sorted(said.items()):
        answers[str(status)] = {"description": words, "content": {kind: {"schema": shape or _TEXT}}}
        if status in {429, 503} and not (shape and "enum" in shape):
            answers[str(status)]["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}
    return answers
