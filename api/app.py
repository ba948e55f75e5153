"""`create_app`: the FastAPI application over an engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from api.limits import Shield
from api.openapi import describe
from api.problems import FieldError, Problem, ProblemError, ProblemKind
from api.routes import criteria, eligibility, health, match, pages, patients, questions, search, suggest, trials
from api.service import SearchService, ServiceHolder
from api.settings import ServeSettings
from api.views import respond_problem
from search.cursor import CursorError
from search.index.base import IndexUnavailableError

DESCRIPTION = """Search and ranking of cancer clinical trials.

`GET /search` takes short queries; `POST /search` takes long texts and notes, as JSON or a form. `POST /match` ranks
trials for a patient by verdict; a patient's facts are taken from bodies only. Errors are `application/problem+json`
(RFC 9457). Nothing that is asked is logged."""

ROUTERS = (
    search.router,
    match.router,
    questions.router,
    patients.router,
    trials.router,
    eligibility.router,
    suggest.router,
    criteria.router,
    health.router,
    pages.router,
)


def create_app(engine: SearchService | Callable[[], SearchService], settings: ServeSettings | None = None) -> FastAPI:
    """The application.

    Args:
        engine: an engine, or a factory that is called in the background when the server starts; until it is done,
            searches are answered 503 with the reason.
        settings: sizes and addresses.
    """
    settings = settings or ServeSettings()
    holder = ServiceHolder(engine, settings.retry_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        holder.start()
        yield
        await run_in_threadpool(holder.close)

    app = FastAPI(
        title="OncoMatch",
        version=package_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # the stock pages load scripts from elsewhere; api.routes.pages has one that does not
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.holder = holder
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router)
    pages.mount_static(app)
    app.add_middleware(Shield, settings=settings)
    _handle_errors(app, settings)
    describe(app)
    return app


def package_version() -> str:
    """Version of the installed package."""
    try:
        return version("oncomatch")
    except PackageNotFoundError:
        return "0+unknown"


def _handle_errors(app: FastAPI, settings: ServeSettings) -> None:
    @app.exception_handler(ProblemError)
    async def on_problem(request: Request, error: ProblemError) -> Response:
        return await respond_problem(request, error.problem)

    @app.exception_handler(CursorError)
    async def on_cursor(request: Request, error: CursorError) -> Response:
        detail = str(error)
        return await respond_problem(
            request, Problem(ProblemKind.INVALID_CURSOR, detail, (FieldError("cursor", detail),))
        )

    @app.exception_handler(IndexUnavailableError)
    async def on_unavailable(request: Request, error: IndexUnavailableError) -> Response:
        retry = (("retry-after", str(max(1, round(settings.retry_seconds)))),)
        return await respond_problem(request, Problem(ProblemKind.UNAVAILABLE, str(error), headers=retry))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        return await respond_problem(request, _http_problem(request, error))


def _http_problem(request: Request, error: HTTPException) -> Problem:
    if error.status_code == 404:
        return Problem(ProblemKind.NOT_FOUND, "There is nothing at this address.")
    if error.status_code == 405:
        allowed = ", ".join(_methods(request))
        return Problem(ProblemKind.METHOD_NOT_ALLOWED, f"This address takes {allowed}.", headers=(("allow", allowed),))
    return Problem(ProblemKind.BAD_REQUEST, "The request cannot be read: its form or encoding is broken.")


def _methods(request: Request) -> list[str]:
    """The methods of an address, over all its routes."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, Route)]
    found = {
        method
        for route in routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return sorted(found) or ["GET", "HEAD"]
