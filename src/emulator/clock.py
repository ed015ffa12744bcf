"""The virtual clock: the source of every time in an answer. It moves only on a call of `advance_to`.

What takes time on AWS (a copy, a job, a rollout) is scheduled on the clock as an action with a due instant. Moving the
clock runs the due actions in the order of their instants, each at its own instant.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone


class Clock:
    """A clock that does not move between two calls of `advance_to`. Times are UTC without a zone, as in moto."""

    def __init__(self) -> None:
        self.reset()

    def reset(self, now: datetime | None = None) -> None:
        """Removes all scheduled actions and starts again at `now` (by default the time of the machine)."""
        self._now = now or datetime.now(timezone.utc).replace(tzinfo=None)
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._asked = 0

    def now(self) -> datetime:
        return self._now

    def after(self, seconds: float, action: Callable[[], None]) -> datetime:
        """Runs the action when the clock has moved by that many seconds; at once when `seconds` is not above 0.

        Scheduled actions are saved with the state: each is a function of a module, or a `partial` of one.
        """
        due = self._now + timedelta(seconds=seconds)
        if seconds <= 0:
            action()
        else:
            self._asked += 1
            heapq.heappush(self._due, (due, self._asked, action))
        return due

    def next_due(self) -> datetime | None:
        """When the next action is due: a caller moves the clock from one action to the next."""
        return self._due[0][0] if self._due else None

    def advance_to(self, instant: datetime) -> None:
        """Moves the clock forward and runs each action that falls due. An action may schedule further ones."""
        if instant < self._now:
            raise ValueError(f"the clock is at {iso(self._now)} and cannot move back to {iso(instant)}")
        while self._due and self._due[0][0] <= instant:
            due, _, action = heapq.heappop(self._due)
            self._now = max(self._now, due)
            action()
        self._now = instant


CLOCK = Clock()


def iso(instant: datetime, milliseconds: bool = False) -> str:
    """An instant as AWS writes it: 2026-11-25T12:00:00Z, or with milliseconds."""
    if milliseconds:
        return instant.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """Reads an ISO 8601 instant; one without a zone is UTC."""
    instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return instant if instant.tzinfo is None else instant.astimezone(timezone.utc).replace(tzinfo=None)


def epoch(instant: datetime) -> float:
    """Seconds since 1970, as the JSON protocols write times."""
    return instant.replace(tzinfo=timezone.utc).timestamp()


def install() -> None:
    """Replaces `moto.core.utils.utcnow`, also in modules that have already imported it by name."""
    from moto.core import utils

    machine_time = utils.utcnow
    utils.utcnow = CLOCK.now
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is machine_time:
            vars(module)["utcnow"] = CLOCK.now
