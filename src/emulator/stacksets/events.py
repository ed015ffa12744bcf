"""The events that StackSets sends to the account that owns a stack set.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html
"""

from __future__ import annotations

from typing import Any

from messaging.events import emit
from stacksets.model import Instance, Operation, StackSet


def emit_instance_status(
    stack_set: StackSet,
    operation: Operation,
    key: tuple[str, str],
    instance: Instance | None,
    detailed: str,
    reason: str | None,
) -> None:
    """Reports that an operation has finished on one instance, which it may have deleted."""
    detail = {
        "stack-set-arn": stack_set.arn,
        "stack-id": (instance.stack_id if instance else None) or "",
        "action": operation.action,
        "account": key[0],
        "region": key[1],
        "stack-set-operation-id": operation.id,
        "status-details": {
            "status": instance.status if instance else "DELETED",
            "detailed-status": detailed,
            "status-reason": reason or "",
        },
    }
    _emit(stack_set, "CloudFormation StackSet StackInstance Status Change", detail)


def emit_operation_status(stack_set: StackSet, operation: Operation) -> None:
    """Reports that an operation is queued, runs, or has ended."""
    detail = {
        "stack-set-arn": stack_set.arn,
        "stack-set-operation-id": operation.id,
        "action": operation.action,
        "status-details": {"status": operation.status, "status-reason": operation.reason or ""},
    }
    _emit(stack_set, "CloudFormation StackSet Operation Status Change", detail)


def emit_set_status(stack_set: StackSet, action: str) -> None:
    """Reports that a stack set was created, updated or deleted."""
    detail = {"stack-set-arn": stack_set.arn, "action": action, "status-details": {"status": stack_set.status}}
    _emit(stack_set, "CloudFormation StackSet Status Change", detail)


def _emit(stack_set: StackSet, detail_type: str, detail: dict[str, Any]) -> None:
    emit(stack_set.account, stack_set.region, "aws.cloudformation", detail_type, [stack_set.arn], detail)
