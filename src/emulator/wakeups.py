"""Lambda functions do not run in the emulator: each invocation is queued as a wakeup, which the rehearsal runs."""

from __future__ import annotations

from typing import Any

from control import control, drain
from state import registered

_waiting: list[dict[str, Any]] = registered("wakeups", [])


def wake(function_arn: str, event: Any, rule_arn: str | None = None) -> None:
    """Queues an invocation of a function (its ARN, with or without a version or alias) with that event."""
    _, _, _, region, account = function_arn.split(":")[:5]
    _waiting.append(
        {"functionArn": function_arn, "account": account, "region": region, "event": event, "ruleArn": rule_arn}
    )


def count() -> int:
    return len(_waiting)


@control("GET", "/wakeups")
def _drain(_: Any) -> list[dict[str, Any]]:
    return drain(_waiting)
