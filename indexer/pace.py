"""Progress of long work: how much, how fast, how long still. One line at most every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Tells the pace of one stage.

    Args:
        say: hears the lines.
        what: the stage and its unit, for example "embedding passages".
        total: units in all, None where that is not known.
        every: seconds between lines.
    """

    def __init__(self, say: Callable[[str], None], what: str, total: int | None = None, every: float = 5.0) -> None:
        self._say = say
        self._what = what
        self._total = total
        self._every = every
        self._began = self._last = time.monotonic()

    def at(self, done: int) -> None:
        """Note how many units are done; says a line when one is due."""
        moment = time.monotonic()
        if moment - self._last >= self._every:
            self._last = moment
            self._say(self._line(done, moment))

    def end(self, done: int) -> None:
        """Say the last line."""
        seconds = time.monotonic() - self._began
        self._say(f"{self._what}: {done} in {clock(seconds)}{_rate(done, seconds)}")

    def _line(self, done: int, moment: float) -> str:
        seconds = moment - self._began
        if self._total is None:
            return f"{self._what}: {done}{_rate(done, seconds)}"
        left = f", {clock(seconds / done * (self._total - done))} left" if done else ""
        return f"{self._what}: {done} of {self._total}{_rate(done, seconds)}{left}"


def _rate(done: int, seconds: float) -> str:
    return f", {done / seconds:.0f}/s" if seconds > 0.5 else ""


def clock(seconds: float) -> str:
    """Seconds as a person reads them: 48 s, 3 min 20 s, 1 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
