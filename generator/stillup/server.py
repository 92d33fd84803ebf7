"""The application at which people subscribe and alerts arrive: the only file that imports Starlette.

No cookie and no session: whoever holds a link of ours may do what it is for. GET changes nothing. Whether an address
is known here cannot be told from any answer, nor from how long it takes: messages leave after the answer.
"""

from asyncio import timeout
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from stillup import __version__
from stillup.pipeline.serving.guard import Guard
from stillup.pipeline.serving.inlet import ENQUEUE, LARGEST, SOURCES, Inlet
from stillup.pipeline.serving.openapi import LONGEST, MACHINES, description
from stillup.pipeline.serving.posting import Posting
from stillup.pipeline.serving.reception import Reception
from stillup.pipeline.serving.serving import Bench, Spoken
from stillup.site.signup import HEADERS
from stillup.subscribers.answer import reply
from stillup.subscribers.bounce import Untrusted, reports
from stillup.subscribers.desk import Letter
from stillup.subscribers.subscription import Subscription
from stillup.subscribers.throttle import Throttle
from stillup.subscribers.turnstile import Turnstile
from stillup.subscribers.wish import Form, fields
from stillup.subscribers.writing import csv

_AGAIN = {503: {"retry-after": "10"}}
"""By status: headers that say when to send it again."""

SLOWEST = 20.0
"""Seconds in which a request must have come whole: few who never end theirs would keep out everybody else."""


def application(
    bench: Bench, now: Callable[[], datetime] = lambda: datetime.now(UTC), inlet: Inlet | None = None
) -> Starlette:
    """Return the application; `now` is its clock, `inlet` takes alerts."""
    desk = _Counter(bench, now)
    routes = [
        Route("/", desk.front),
        Route("/subscribe", desk.subscribe, methods=["POST"]),
        Route("/sent", desk.sent),
        Route("/code/{token}", desk.code, methods=["GET", "POST"]),
        Route("/link", desk.link, methods=["POST"]),
        Route("/confirm/{token}", desk.confirm, methods=["GET", "POST"]),
        Route("/manage/{token}", desk.manage, methods=["GET", "POST"]),
        Route("/manage/{token}/data.csv", desk.data),
        Route("/manage/{token}/forget", desk.forget, methods=["POST"]),
        Route("/u/{token}", desk.leave, methods=["GET", "POST"]),
        Route("/bounces", desk.bounces, methods=["POST"]),
        Route("/texts", desk.texts, methods=["POST"]),
        *_Gate(inlet, bench.desk.healthy).routes(),
        Route("/assets/{name}", desk.asset),
    ]
    errors: Mapping[int | type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        HTTPException: desk.refused,
        Exception: desk.failed,
    }
    guard = Middleware(
        Guard,
        secure=bench.settings.serve.url.startswith("https://"),
        base=bench.main.base,
        tongues=tuple(bench.tongues)[1:],
    )
    served = Starlette(routes=routes, middleware=[guard], exception_handlers=errors, lifespan=desk.open)
    return _exact(served)


def gate(inlet: Inlet, url: str = "") -> Starlette:
    """Return the application that takes alerts and does nothing else, reached at `url`."""
    guard = Middleware(Guard, secure=url.startswith("https://"), base=urlsplit(url).path.rstrip("/") + "/")
    return _exact(Starlette(routes=_Gate(inlet, lambda: True, MACHINES).routes(), middleware=[guard]))


def _exact(served: Starlette) -> Starlette:
    """Return `served`, answering at its own addresses only.

    Starlette would send whoever writes a slash too many to the host that they name, without TLS, with their token.
    """
    served.router.redirect_slashes = False
    return served


class _Gate:
    """Where machines of ours call: monitoring, and whoever sees whether we are well."""

    def __init__(self, inlet: Inlet | None, healthy: Callable[[], bool], paths: Collection[str] | None = None) -> None:
        self._inlet, self._healthy, self._description = inlet, healthy, description(__version__, paths)

    def routes(self) -> list[Route]:
        """Return the ways in."""
        return [
            Route("/intake/{source}", self.intake, methods=["POST"]),
            Route(ENQUEUE, self.event, methods=["POST"]),
            Route("/healthz", self.healthz),
            Route("/openapi.json", self.description),
        ]

    async def description(self, request: Request) -> Response:
        """Say what can be asked here."""
        return JSONResponse(self._description)

    async def intake(self, request: Request) -> Response:
        """Keep what monitoring sends; never refuse it for being much."""
        source = request.path_params["source"]
        if self._inlet is None or source not in SOURCES:
            raise HTTPException(404)
        body = await _body(request, LARGEST, late=503)  # 4xx would have it dropped
        status, said = await run_in_threadpool(self._inlet.take, source, body, request.headers)
        return PlainTextResponse(f"{said}\n", status, _AGAIN.get(status))

    async def event(self, request: Request) -> Response:
        """Keep an event of PagerDuty's Events API v2, whose clients know no other answers."""
        if self._inlet is None:
            raise HTTPException(404)
        body = await _body(request, LARGEST, late=503)
        status, said = await run_in_threadpool(self._inlet.enqueue, body, request.headers)
        return JSONResponse(said, status, _AGAIN.get(status))

    async def healthz(self, request: Request) -> Response:
        """Say whether subscribers can be asked, and alerts worked out."""
        good = await run_in_threadpool(self._healthy)
        if good and self._inlet is not None and self._inlet.trouble:
            return PlainTextResponse("alerts wait\n", 503)
        return PlainTextResponse("ok\n" if good else "no store\n", 200 if good else 503)


class _Counter:
    """The handlers, and who asked how often."""

    def __init__(self, bench: Bench, now: Callable[[], datetime]) -> None:
        self._bench, self._now = bench, now
        self._receptions = {tag: Reception(bench, each, now) for tag, each in bench.tongues.items()}
        self._turnstile = Turnstile(bench.settings.serve.proxies)
        self._cleaning = Throttle(1, timedelta(days=1))
        self._posting = Posting(bench, now)

    @asynccontextmanager
    async def open(self, app: Starlette) -> AsyncIterator[None]:
        """Serve until the end of the block; then nothing more is sent, and whoever waits asks again."""
        yield
        self._posting.close()

    async def front(self, request: Request) -> Response:
        """Show the form."""
        form = _fields(request.scope["query_string"].decode("latin-1"))
        asked = self._bench.wish(form, addressed=False)
        channel = form.get("channel", [""])[0]
        channel = channel if channel in self._bench.channels else ""
        return self._html(self._reception(request).form(replace(asked, channel=channel, address="", problems={})))

    async def subscribe(self, request: Request) -> Response:
        """Take a wish, and answer the same whoever has it."""
        form, busy = await self._posted(request)
        if busy is not None:
            return busy
        asked = self._bench.wish(form)
        if not self._bench.is_ours(form, self._now()):
            asked = replace(asked, problems={"form": "signup.wrong.form", **asked.problems})
        if asked.problems:
            return self._html(self._reception(request).form(asked), 422)
        if any(form.get("website", [])):  # nobody sees this field, machines fill it in
            return self._to(request, "sent")
        at = self._now()
        asked = replace(asked, consent=self._spoken(request).consent)
        done = await run_in_threadpool(self._bench.desk.subscribe, asked, at)
        where = f"code/{done.token}" if asked.channel == "sms" else "sent"
        return self._to(request, where, BackgroundTask(self._post, done.letter, at))

    async def link(self, request: Request) -> Response:
        """Send a new link to whoever has a subscription, and answer the same to everybody."""
        form, busy = await self._posted(request)
        if busy is not None:
            return busy
        asked = self._bench.wish(form)
        if asked.problems or not self._bench.is_ours(form, self._now()):
            problems = dict(asked.problems) or {"form": "signup.wrong.form"}
            return self._html(self._reception(request).form(replace(asked, problems=problems)), 422)
        at = self._now()
        letter = await run_in_threadpool(self._bench.desk.link, asked, at)
        return self._to(request, "sent", BackgroundTask(self._post, letter, at))

    async def sent(self, request: Request) -> Response:
        """Say that a message may be on its way."""
        return self._note(request, "sent", "sent_text")

    async def code(self, request: Request) -> Response:
        """Ask for the code that went to a telephone."""
        token = request.path_params["token"]
        wrong = False
        if request.method == "POST":
            form, busy = await self._posted(request)
            if busy is not None:
                return busy
            code = form.get("code", [""])[0].replace(" ", "")
            entered = await run_in_threadpool(self._bench.desk.enter, token, code, self._now())
            if entered is not None:
                return self._html(self._reception(request).confirmed(entered))
            wrong = True
        return self._html(self._reception(request).code(token, wrong=wrong), 422 if wrong else 200)

    async def confirm(self, request: Request) -> Response:
        """Show what would be confirmed, and confirm it on POST."""
        token, at = request.path_params["token"], self._now()
        found = await run_in_threadpool(self._bench.desk.pending, token, at)
        if found is None:
            return self._dead(request)
        if request.method == "POST":
            confirmed = await run_in_threadpool(self._bench.desk.confirm, token, at)
            fresh = found.confirmed_at is None
            if confirmed is None:
                return self._dead(request)
            return self._html(self._reception(request, found).confirmed(confirmed, found.secret if fresh else ""))
        return self._html(self._reception(request, found).ask("confirm", f"confirm/{token}", found))

    async def manage(self, request: Request) -> Response:
        """Show a subscription, and change it on POST."""
        token, at, desk = request.path_params["token"], self._now(), self._bench.desk
        problems: Mapping[str, str] = {}
        if request.method == "POST":
            form, busy = await self._posted(request)
            if busy is not None:
                return busy
            asked = self._bench.wish(form, addressed=False)
            problems = asked.problems
            changed = None if problems else await run_in_threadpool(desk.change, token, asked, at)
            if changed is not None:
                return self._to(request, f"manage/{token}?saved")
        found = await run_in_threadpool(desk.manage, token, at)
        if found is None:
            return self._dead(request)
        page = self._reception(request, found[0]).manage(token, *found, problems, saved="saved" in request.query_params)
        return self._html(page, 422 if problems else 200)

    async def data(self, request: Request) -> Response:
        """Give out everything that is kept of an address, to whoever can change it."""
        own = await run_in_threadpool(self._bench.desk.data, request.path_params["token"], self._now())
        if not own:
            return self._dead(request)
        headers = {"content-disposition": 'attachment; filename="subscriptions.csv"'}
        return Response("".join(csv(own)), media_type="text/csv; charset=utf-8", headers=headers)

    async def forget(self, request: Request) -> Response:
        """Delete everything of an address."""
        done = await run_in_threadpool(self._bench.desk.forget, request.path_params["token"], self._now())
        return self._note(request, "left", "left_text") if done else self._dead(request)

    async def leave(self, request: Request) -> Response:
        """Show a button, and unsubscribe on POST, whatever it says (RFC 8058)."""
        token, at = request.path_params["token"], self._now()
        if request.method == "POST":
            good = await run_in_threadpool(self._bench.desk.leave, token, at)
            return self._note(request, "left", "left_text") if good else self._dead(request)
        good, found = await run_in_threadpool(self._bench.desk.leaving, token, at)
        if not good:
            return self._dead(request)
        if found is None:
            return self._note(request, "left", "left_text")
        return self._html(self._reception(request, found).ask("leave", f"u/{token}", found))

    async def bounces(self, request: Request) -> Response:
        """Take a signed report of addresses to which nothing more may go."""
        body, at = await _body(request), self._now()
        try:
            found = reports(request.headers, body, self._bench.bounces, at)
        except Untrusted:
            return PlainTextResponse("not signed by a known secret\n", 401)
        except ValueError:
            return PlainTextResponse("not a report\n", 400)
        for channel, key, reason in found:
            await run_in_threadpool(self._bench.desk.suppress, channel, key, reason, at)
        return PlainTextResponse("noted\n")

    async def texts(self, request: Request) -> Response:
        """Take a signed STOP or START that somebody sent to our number; the carrier answers them, not we."""
        body, at = await _body(request), self._now()
        fields = _fields(body.decode("utf-8", "replace"))
        if not self._bench.texting:
            raise HTTPException(404)
        if not self._bench.is_texted(fields, request.headers.get("x-twilio-signature", "")):
            return PlainTextResponse("not signed by Twilio\n", 403)
        answer = reply(fields)
        if answer is not None:
            await run_in_threadpool(self._bench.desk.answered, *answer, at)
        return Response("<Response/>", media_type="text/xml")

    async def asset(self, request: Request) -> Response:
        """Give out a style or a picture."""
        name = request.path_params["name"]
        if name not in self._bench.assets:
            raise HTTPException(404)
        kind = {"css": "text/css", "svg": "image/svg+xml", "png": "image/png"}[name.rpartition(".")[2]]
        headers = {"cache-control": "public, max-age=300"}
        return Response(self._bench.assets[name], media_type=kind, headers=headers)

    async def refused(self, request: Request, error: Exception) -> Response:
        """Show what cannot be had."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        page = self._note(request, "missing", status=status)
        page.headers.update(headers or {})
        return page

    async def failed(self, request: Request, error: Exception) -> Response:
        """Show that something is wrong; what it is stands in the log of the server."""
        page = self._note(request, "failed", "failed_text", status=500)
        page.headers.update(HEADERS)
        return page

    async def _posted(self, request: Request) -> tuple[Form, Response | None]:
        """Return the fields of a form, or the answer to somebody who sends too many."""
        body = await _body(request)
        typed = request.headers.get("content-type", "").partition(";")[0] == "application/x-www-form-urlencoded"
        form = _fields(body.decode("utf-8", "replace")) if typed else {}
        client = request.client.host if request.client else ""
        # Some proxies add a line of their own below that of the visitor.
        forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
        if not self._turnstile.lets(forwarded, client, form, self._now()):
            page = self._note(request, "busy", "busy_text", status=429)
            page.headers["retry-after"] = "600"
            return {}, page
        if not typed:
            raise HTTPException(415)
        return form, None

    def _spoken(self, request: Request, own: Subscription | None = None) -> Spoken:
        """Return what is said to whoever has the subscription `own`, else in the language that the path names."""
        wanted = own.language if own is not None else ""
        return self._bench.spoken(wanted, getattr(request.state, "tongue", ""))

    def _reception(self, request: Request, own: Subscription | None = None) -> Reception:
        return self._receptions[self._spoken(request, own).tag]

    def _dead(self, request: Request) -> Response:
        return self._note(request, "dead", "dead_text", status=404)

    def _note(self, request: Request, title: str, text: str = "", *, status: int = 200) -> Response:
        return self._html(self._reception(request).note(title, text), status)

    def _html(self, page: bytes, status: int = 200) -> Response:
        return Response(page, status, media_type="text/html; charset=utf-8")

    def _to(self, request: Request, where: str, task: BackgroundTask | None = None) -> Response:
        return RedirectResponse(f"{self._spoken(request).base}{where}", 303, background=task)

    def _post(self, letter: Letter | None, at: datetime) -> None:
        """Have an invitation sent after its answer has left."""
        if self._cleaning.allows("", at):
            self._bench.desk.tidy(at)
        if letter is not None:
            self._posting.send(letter, at)


async def _body(request: Request, most: int = LONGEST, late: int = 400) -> bytes:
    """Return what was sent, as far as it is not too much and comes in time; `late` is the status where it does not."""
    body = bytearray()
    try:
        async with timeout(SLOWEST):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise HTTPException(413)
    except ClientDisconnect:
        raise HTTPException(400) from None
    except TimeoutError:
        raise HTTPException(late) from None
    return bytes(body)


def _fields(written: str) -> Form:
    try:
        return fields(written)
    except ValueError:
        raise HTTPException(400) from None
