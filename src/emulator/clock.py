"""The virtual clock. Every time that AWS would show comes from here, and it moves only when it is told to.

Whatever takes time on AWS (a copy, a job, a rollout) is put on the clock as an action with a due instant;
moving the clock runs the due actions in the order of their instants, each at its own instant.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone


class Clock:
    """A clock that stands still between two calls of `advance_to`. Times are UTC without a zone, as moto has them."""

    def __init__(self) -> None:
        self.reset()

    def reset(self, now: datetime | None = None) -> None:
        """Forgets all that is due and starts again at `now` (the machine's own time by default)."""
        self._now = now or datetime.now(timezone.utc).replace(tzinfo=None)
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._asked = 0

    def now(self) -> datetime:
        return self._now

    def after(self, seconds: float, action: Callable[[], None]) -> datetime:
        """Runs the action once the clock has moved by that many seconds; at once when there is nothing to wait for.

        What waits is saved with the world: a function of a module, or a `partial` of one.
        """
        due = self._now + timedelta(seconds=seconds)
        if seconds <= 0:
            action()
        else:
            self._asked += 1
            heapq.heappush(self._due, (due, self._asked, action))
        return due

    def next_due(self) -> datetime | None:
        """When the next action is due, so that a caller can move from one to the next."""
        return self._due[0][0] if self._due else None

    def advance_to(self, instant: datetime) -> None:
        """Moves forward, running what falls due on the way; an action may put further ones on the clock."""
        if instant < self._now:
            raise ValueError(f"the clock only moves forward: it is {iso(self._now)}, asked for {iso(instant)}")
        while self._due and self._due[0][0] <= instant:
            due, _, action = heapq.heappop(self._due)
            self._now = max(self._now, due)
            action()
        self._now = instant


CLOCK = Clock()


def iso(instant: datetime, milliseconds: bool = False) -> str:
    """As AWS writes it: 2026-11-25T12:00:00Z, or with three more digits."""
    if milliseconds:
        return instant.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """Reads an ISO 8601 instant; one without a zone is UTC."""
    instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return instant if instant.tzinfo is None else instant.astimezone(timezone.utc).replace(tzinfo=None)


def epoch(instant: datetime) -> float:
    """Seconds since 1970, as the JSON protocols carry times."""
    return instant.replace(tzinfo=timezone.utc).timestamp()


def install() -> None:
    """moto asks `moto.core.utils.utcnow` for the time; modules that are already loaded hold it by name."""
    from moto.core import utils

    machine_time = utils.utcnow
    utils.utcnow = CLOCK.now
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is machine_time:
            module.utcnow = CLOCK.now
