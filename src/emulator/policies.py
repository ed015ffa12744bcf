"""Reads IAM policies and patterns: a value or a list of values, and the wildcards `*` and `?`."""

from __future__ import annotations

import fnmatch
from typing import Any


def listed(value: Any) -> list[Any]:
    """The values of an element that is one value or a list of values; none for None."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def is_like(text: str, pattern: str) -> bool:
    """Whether a text matches a pattern with `*` and `?`, with case."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def matches_any(text: str, patterns: Any) -> bool:
    """Whether a text matches one of the patterns of an Action or a Resource element, without case."""
    return any(is_like(text.lower(), str(pattern).lower()) for pattern in listed(patterns))
