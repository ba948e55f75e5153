from __future__ import annotations

import threading
import time

import pytest

from api.service import ServiceHolder
from search.index.base import IndexUnavailableError
from tests.api.fake_engine import FakeEngine, unavailable


def test_an_engine_is_ready_at_once() -> None:
    engine = FakeEngine()
    holder = ServiceHolder(engine)
    holder.start()
    assert holder.get() is engine
    holder.close()
    assert engine.closed
    with pytest.raises(IndexUnavailableError, match="shutting down"):
        holder.get()


def test_until_the_factory_is_done_the_reason_is_told() -> None:
    go = threading.Event()

    def factory() -> FakeEngine:
        go.wait(5)
        return FakeEngine()

    holder = ServiceHolder(factory)
    holder.start()
    with pytest.raises(IndexUnavailableError, match="being opened"):
        holder.get()
    go.set()
    assert holder.wait(5)
    assert isinstance(holder.get(), FakeEngine)
    holder.close()


def test_an_index_that_appears_later_is_taken_without_a_restart() -> None:
    tries = []

    def factory() -> FakeEngine:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise unavailable()
        return FakeEngine()

    holder = ServiceHolder(factory, retry_seconds=0.05)
    holder.start()
    time.sleep(0.01)
    assert holder.wait(5)
    assert len(tries) == 3
    holder.close()


def test_a_fault_in_the_factory_is_not_told_in_detail_and_is_closed_again() -> None:
    broken = FakeEngine()
    broken.fault = RuntimeError("canary")
    holder = ServiceHolder(lambda: broken, retry_seconds=30)
    holder.start()
    for _ in range(200):
        if broken.closed:
            break
        time.sleep(0.01)
    with pytest.raises(IndexUnavailableError, match="internal error") as caught:
        holder.get()
    assert "canary" not in str(caught.value)
    holder.close()
