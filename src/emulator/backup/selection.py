"""Which databases a backup selection selects. Pure: databases in, databases out.

One of the resources must match, all conditions must hold, and one tag of the list of tags must match. https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policies import is_like

PREFIX = "aws:ResourceTag/"


@dataclass(frozen=True)
class Candidate:
    """The attributes of a database that a selection reads."""

    arn: str
    tags: dict[str, str]
    resource_type: str


def _like(value: str | None, pattern: str) -> bool:
    return value is not None and is_like(value, pattern)


OPERATORS: dict[str, Callable[[str | None, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringNotEquals": lambda value, wanted: value != wanted,
    "StringLike": _like,
    "StringNotLike": lambda value, wanted: not _like(value, wanted),
}


def _conditions_hold(conditions: dict[str, Any], tags: dict[str, str]) -> bool:
    return all(
        OPERATORS[operator](tags.get(test["ConditionKey"].removeprefix(PREFIX)), test["ConditionValue"])
        for operator, tests in conditions.items()
        for test in tests or []
    )


def _listed(list_of_tags: list[dict[str, str]], tags: dict[str, str]) -> bool:
    return not list_of_tags or any(
        tags.get(test["ConditionKey"].removeprefix(PREFIX)) == test["ConditionValue"] for test in list_of_tags
    )


def picked(selection: dict[str, Any], candidates: list[Candidate]) -> list[Candidate]:
    """The databases that the selection assigns to its plan, in the given order."""
    resources, excluded = selection.get("Resources") or ["*"], selection.get("NotResources") or []
    return [
        candidate
        for candidate in candidates
        if any(_like(candidate.arn, pattern) for pattern in resources)
        and not any(_like(candidate.arn, pattern) for pattern in excluded)
        and _conditions_hold(selection.get("Conditions") or {}, candidate.tags)
        and _listed(selection.get("ListOfTags") or [], candidate.tags)
    ]
