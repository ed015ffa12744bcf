"""Where AWS does not say what it does: switches that choose one behavior or the other, each with its default."""

from __future__ import annotations

from typing import Any

from control import control
from state import kept

# requestTagsOnCopySource: whether `aws:RequestTag` is in the context that authorizes the source of a copy.
switches: dict[str, Any] = kept("aws_switches", {"requestTagsOnCopySource": False})


@control("GET", "/switches")
def _read(_: Any) -> dict[str, Any]:
    return switches


@control("POST", "/switches")
def _set(changes: dict[str, Any]) -> dict[str, Any]:
    switches.update(changes)
    return switches
