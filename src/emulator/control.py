"""The control API under /_checkvalve, by which the rehearsal changes and reads the state of the emulator.

Each module registers its entries with `@control(method, path)`. An entry takes the parsed JSON body and returns what is
sent as the JSON answer. `Refused` becomes an answer with an error and a status.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

PREFIX = "/_checkvalve"
_entries: dict[tuple[str, str], Callable[[Any], Any]] = {}


class Refused(Exception):
    """A control call that cannot be carried out; the message says why, and what to do."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def control(method: str, path: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    def register(entry: Callable[[Any], Any]) -> Callable[[Any], Any]:
        _entries[(method, path)] = entry
        return entry

    return register


def drain(items: list[Any]) -> list[Any]:
    """Removes and returns all items."""
    taken = list(items)
    items.clear()
    return taken


def answer(start: Callable[..., Any], method: str, path: str, body: bytes) -> list[bytes]:
    entry = _entries.get((method, path.removeprefix(PREFIX).rstrip("/") or "/"))
    try:
        if entry is None:
            raise Refused(f"there is no {method} {path}", 404)
        status, result = 200, entry(json.loads(body) if body else {})
    except Refused as refusal:
        status, result = refusal.status, {"error": str(refusal)}
    except (KeyError, TypeError, ValueError) as fault:
        status, result = 400, {"error": f"{type(fault).__name__}: {fault}"}
    text = json.dumps(result).encode()
    start(f"{status} Control", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]
