"""A real server over the made-up trials, and headless Chromium."""

from __future__ import annotations

import shutil
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from api.server import server
from tests.api.fake_engine import FakeEngine
from tests.conftest import absent


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        absent("chromium", "no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def engine() -> FakeEngine:
    return FakeEngine()


def ready(base: str) -> bool:
    """Whether searches are answered: the port answers before the engine is warm."""
    try:
        with urllib.request.urlopen(f"{base}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@contextmanager
def running(made: uvicorn.Server) -> Iterator[str]:
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not made.started and time.monotonic() < end:
        time.sleep(0.02)
    base = f"http://127.0.0.1:{made.servers[0].sockets[0].getsockname()[1]}"
    while not ready(base) and time.monotonic() < end:
        time.sleep(0.02)
    try:
        yield base
    finally:
        made.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def base(engine: FakeEngine) -> Iterator[str]:
    with running(server(lambda: engine, "127.0.0.1", 0)) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, base: str) -> Iterator[Page]:
    """A page that may log nothing and fail at nothing."""
    context = chromium.new_context(base_url=base)
    yield from _watched(context)


@pytest.fixture
def plain_page(chromium: Browser, base: str) -> Iterator[Page]:
    """The same without JavaScript."""
    context = chromium.new_context(base_url=base, java_script_enabled=False)
    yield from _watched(context)


def _watched(context: BrowserContext) -> Iterator[Page]:
    troubles: list[str] = []
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    opened.on(
        "console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    outside: list[str] = []
    opened.on("request", lambda request: outside.append(request.url) if "127.0.0.1" not in request.url else None)
    yield opened
    context.close()
    # A problem that a test provokes shows as a failed resource; everything else is a fault of the page.
    assert [trouble for trouble in troubles if "Failed to load resource" not in trouble] == []
    assert outside == []
