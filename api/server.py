"""Run the application under uvicorn: the port answers at once, the engine warms up behind it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable

import uvicorn

from api.app import create_app
from api.service import SearchService
from api.settings import ServeSettings


def run(
    engine_factory: Callable[[], SearchService],
    host: str | None = None,
    port: int | None = None,
    settings: ServeSettings | None = None,
    log_level: int = logging.WARNING,
) -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests under way and return.

    Args:
        engine_factory: called in a background thread; until it is done, `/readyz` and searches answer 503.
        host: address to bind; `settings.host` by default.
        port: port to bind; `settings.port` by default.
        settings: sizes and addresses.
        log_level: of the loggers `oncomatch` and `uvicorn`; at INFO there is one line a request, without its address.
    """
    made = server(engine_factory, host, port, settings, log_level)

    def end(*_: object) -> None:
        made.should_exit = True

    # uvicorn raises the signal that ended it once more, for the handlers it found. These make `run` return instead.
    before = {name: signal.signal(name, end) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        made.run()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def server(
    engine_factory: Callable[[], SearchService],
    host: str | None = None,
    port: int | None = None,
    settings: ServeSettings | None = None,
    log_level: int = logging.WARNING,
) -> uvicorn.Server:
    """The server that `run` runs."""
    settings = settings or ServeSettings()
    _log_to_stderr(log_level)
    config = uvicorn.Config(
        create_app(engine_factory, settings),
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        # uvicorn's access log writes addresses with their query; the application logs requests itself, without.
        access_log=False,
        # Below DEBUG uvicorn would log whole scopes.
        log_level=max(log_level, logging.DEBUG),
        http="h11",
        # Longer addresses reach the application, which answers with a problem instead of a bare 400.
        h11_max_incomplete_event_size=1_048_576,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
    )
    return uvicorn.Server(config)


def _log_to_stderr(level: int) -> None:
    """Give the logger `oncomatch` an outlet, unless the process has set logging up itself."""
    logger = logging.getLogger("oncomatch")
    logger.setLevel(level)
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
