"""The search page at `/`, the API's own page, the list of problems, and the static files."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.context import refuse_unknown, service, settings
from api.requests import from_address
from api.responses import html_response
from api.views import api_page, problems_page, search_page

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent.parent / "web" / "static"


@router.api_route("/", methods=["GET", "HEAD"])
async def home(request: Request) -> Response:
    """The search page, with the newest trials."""
    if request.query_params:
        return RedirectResponse(f"/search?{request.url.query}", 303)
    asked = from_address((), settings(request))
    result = await run_in_threadpool(service(request).search, asked.query, size=asked.size)
    return html_response(search_page(asked, result))


@router.get("/docs")
async def docs(request: Request) -> Response:
    """A page about the API."""
    refuse_unknown(request)
    return html_response(api_page(request.app.openapi()))


@router.get("/problems")
async def problems(request: Request) -> Response:
    """What each `type` of a problem means."""
    refuse_unknown(request)
    return html_response(problems_page())


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Browsers ask for it unasked."""
    return RedirectResponse("/static/icon.svg", 308)


class _Immutable(StaticFiles):
    """Static files, whose addresses carry a hash of their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file with a long life in caches."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            hashed = b"v=" in scope["query_string"]
            response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


def mount_static(app: FastAPI) -> None:
    """Serve the style sheet, the script and the icon."""
    app.mount("/static", _Immutable(directory=STATIC), name="static")
