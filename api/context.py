"""What a route needs of the application it runs in."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request

from api.filters import unknown_names
from api.problems import ProblemError, ProblemKind
from api.service import SearchService, ServiceHolder
from api.settings import ServeSettings


def holder(request: Request) -> ServiceHolder:
    """The holder of the engine."""
    found = request.app.state.holder
    assert isinstance(found, ServiceHolder)
    return found


def service(request: Request) -> SearchService:
    """The engine.

    Raises:
        IndexUnavailableError: it is not ready.
    """
    return holder(request).get()


def settings(request: Request) -> ServeSettings:
    """The settings."""
    found = request.app.state.settings
    assert isinstance(found, ServeSettings)
    return found


def refuse_unknown(request: Request, valid: Iterable[str] = ()) -> None:
    """Refuse parameters of the address that a route does not have.

    Raises:
        ProblemError: there are some.
    """
    errors = unknown_names(list(request.query_params.keys()), tuple(valid))
    if errors:
        raise ProblemError.of_errors(ProblemKind.UNKNOWN_PARAMETER, errors)
