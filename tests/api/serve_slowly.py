"""A server process for tests: announces its port, warms up slowly, logs everything it can."""

from __future__ import annotations

import logging
import sys
import time

from api.server import run
from tests.api.fake_engine import FakeEngine


def slow_engine() -> FakeEngine:
    time.sleep(float(sys.argv[2]))
    return FakeEngine()


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    run(slow_engine, "127.0.0.1", int(sys.argv[1]), log_level=logging.DEBUG)
    print("ended cleanly", flush=True)
