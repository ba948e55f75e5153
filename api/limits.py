"""The outermost layer: sizes, security headers, a log without texts, and no stack trace to anyone."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, ProblemKind
from api.responses import html_response, prefers_html, problem_response
from api.settings import ServeSettings
from api.views import problem_page

logger = logging.getLogger("oncomatch.api")

SECURITY_HEADERS: dict[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    # Addresses may hold a query: no other site learns them.
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(), microphone=()",
}


class _BodyTooLargeError(Exception):
    """The body grew beyond the limit while it was read."""


class Shield:
    """ASGI middleware around everything.

    It answers HEAD as GET without a body, bounds address and body, adds security headers, turns a fault into a 500
    problem, and logs one line a request with method, route pattern, status and time. Neither the line nor the record of
    a fault holds an address, a body or an exception's message: they may hold a patient's facts.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0
        method = scope["method"]
        if method == "HEAD":
            scope = {**scope, "method": "GET"}

        async def send_shielded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        problem = self._too_large(scope)
        try:
            if problem is None:
                await self._app(scope, self._bounded(receive), send_shielded)
        except _BodyTooLargeError:
            problem = self._body_problem()
        except ClientDisconnect:
            logger.info("client left before its request was read")
        except Exception as error:
            logger.error("fault: %s at %s", type(error).__name__, " < ".join(_frames(error)))
            problem = Problem(
                ProblemKind.INTERNAL, "The server made a fault. It was recorded; the request changed nothing."
            )
        if problem is not None and status == 0:
            await _told(problem, scope)(scope, receive, send_shielded)
        route = getattr(scope.get("route"), "path", "(no route)")
        logger.info("%s %s %d %.1f ms", method, route, status, (time.perf_counter() - started) * 1000)

    def _too_large(self, scope: Scope) -> Problem | None:
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._settings.max_target_bytes:
            return Problem(
                ProblemKind.ADDRESS_TOO_LONG,
                f"The address has more than {self._settings.max_target_bytes:,} bytes. Send it to POST /search.",
            )
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value[:20]) > self._settings.max_body_bytes:
                return self._body_problem()
        return None

    def _body_problem(self) -> Problem:
        return Problem(
            ProblemKind.BODY_TOO_LARGE,
            f"The body has more than {self._settings.max_body_bytes:,} bytes; shorten the text.",
        )

    def _bounded(self, receive: Receive) -> Receive:
        read = 0

        async def receive_bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._settings.max_body_bytes:
                raise _BodyTooLargeError
            return message

        return receive_bounded


def _told(problem: Problem, scope: Scope) -> Response:
    """The problem as a page where a browser asks; where even that page fails, as JSON."""
    if prefers_html(Request(scope)):
        try:
            return html_response(problem_page(problem), problem.kind.status, dict(problem.headers))
        except Exception as error:
            logger.error("fault: %s at %s", type(error).__name__, " < ".join(_frames(error)))
    return problem_response(problem)


def _frames(error: BaseException) -> Iterable[str]:
    """Where a fault came from, innermost first, as `module.py:line`; no values, no source text, no message."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames)]
