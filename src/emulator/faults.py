"""Planted faults: the next calls of an action get an error, a delay, or both."""

from __future__ import annotations

import time
from typing import Any

from control import control
from state import registered
from wire import Call

_planted: list[dict[str, Any]] = registered("faults", [])


def take(call: Call) -> dict[str, Any] | None:
    """The planted fault that applies to this call, with one use of it consumed; None when there is none."""
    for fault in _planted:
        if (
            fault["action"] == call.operation
            and fault.get("times", 1) > 0
            and fault.get("account", call.account) == call.account
            and fault.get("region", call.region) == call.region
            and fault.get("match", "") in call.text()
        ):
            fault["times"] = fault.get("times", 1) - 1
            return fault
    return None


def wait(fault: dict[str, Any]) -> None:
    """Delays in real time: a delay tests the timeouts of the client."""
    time.sleep(fault.get("delayMs", 0) / 1000)


@control("GET", "/faults")
def _list(_: Any) -> list[dict[str, Any]]:
    return _planted


@control("POST", "/faults")
def _plant(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    _planted.extend(dict(fault) for fault in faults)
    return _planted


@control("DELETE", "/faults")
def _remove(_: Any) -> list[dict[str, Any]]:
    _planted.clear()
    return _planted
