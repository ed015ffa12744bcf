"""Adds or replaces one operation of a service: its handler gets the parsed parameters and returns the result as data.

moto parses and serializes with the service model of botocore, so a handler neither reads nor writes XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores

Handler = Callable[[Any], Any]
# The operations that moto lacks, each by service and name: src/emulator/supported.py lists them.
ADDED: set[tuple[str, str]] = set()


def operation(response: type[BaseResponse], name: str) -> Callable[[Handler], Handler]:
    """Has `handler(call)` answer the named operation; `call.params` holds its parameters, and it raises errors."""

    def register(handler: Handler) -> Handler:
        def answer(self: BaseResponse) -> ActionResult:
            if not self.automated_parameter_parsing:
                self.parse_parameters(self.normalized_request)
                self.automated_parameter_parsing = True
            return ActionResult(handler(self))

        method = camelcase_to_underscores(name)
        if not hasattr(response, method):
            ADDED.add((response.__module__.split(".")[1], name))
        setattr(response, method, answer)
        return handler

    return register


def page(items: list[Any], size: int, marker: str | None) -> tuple[list[Any], str | None]:
    """One page of a listing, and the marker of the next page; the marker is the position, as text."""
    at = int(marker) if marker and re.fullmatch(r"\d+", marker) else 0
    return items[at : at + size], str(at + size) if at + size < len(items) else None
