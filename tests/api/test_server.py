"""The server as a process: it answers before it is warm, keeps what is asked out of its logs, and ends cleanly."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2 as httpx
import pytest

from tests.conftest import ROOT


@contextmanager
def process(warm_up: float) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.api.serve_slowly", str(port), str(warm_up)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(lambda: httpx.get(f"{base}/healthz").status_code == 200)
            yield started, base
        finally:
            started.kill()


def wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail("waited in vain")


def test_it_answers_503_until_it_is_warm_and_then_searches() -> None:
    with process(warm_up=2) as (_, base):
        early = httpx.get(f"{base}/readyz")
        assert early.status_code == 503
        assert "being opened" in early.json()["detail"]
        assert httpx.get(f"{base}/search?q=lung").status_code == 503
        wait_for(lambda: httpx.get(f"{base}/readyz").status_code == 200)
        assert httpx.get(f"{base}/search?q=lung").json()["total"] == 1


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_nothing_that_was_asked_is_in_its_logs(sent: signal.Signals) -> None:
    with process(warm_up=0) as (started, base):
        wait_for(lambda: httpx.get(f"{base}/readyz").status_code == 200)
        httpx.get(f"{base}/search", params={"q": "canary1"})
        httpx.get(f"{base}/search", params={"city": "canary2"}, headers={"accept": "text/html"})
        httpx.post(
            f"{base}/search", json={"query": "canary3", "filters": {"near": {"lat": 48.1234, "lon": 2, "km": 5}}}
        )
        httpx.post(f"{base}/search", data={"query": "canary4"})
        httpx.post(f"{base}/search", files={"query": (None, "canary5")})
        httpx.post(f"{base}/suggest", json={"q": "canary6"})
        httpx.get(f"{base}/suggest", params={"q": "canary7"})
        httpx.get(f"{base}/search", params={"canary8": "x"})
        httpx.get(f"{base}/canary9")
        httpx.get(f"{base}/trials/canary10")
        httpx.get(f"{base}/search", params={"q": "canary11" + "x" * 5000})
        httpx.post(f"{base}/search", content=b'{"query": "canary12', headers={"x-canary": "canary13"})
        # A 50 kB address is refused by the application, not by the parser of the protocol.
        assert httpx.get(f"{base}/search", params={"q": "canary14" + "x" * 50_000}).status_code == 414
        started.send_signal(sent)
        out, log = started.communicate(timeout=30)
    assert "ended cleanly" in out
    assert started.returncode == 0
    assert "POST /search 200" in log
    assert "canary" not in log + out
    assert "48.1234" not in log + out
    assert "Traceback" not in log
