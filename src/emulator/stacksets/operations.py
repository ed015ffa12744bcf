"""StackSet operations: they take virtual time, one after the other or in parallel, and deploy the stacks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ManagedExecution.html

Longer than most: the course of an operation, from queued to recorded, is read in one piece.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack, cloudformation_backends
from moto.moto_api._internal import mock_random

from clock import CLOCK
from control import control
from organization.organizations import management_of, member, organization_of
from resources.compute import delete_custom_resources
from resources.types import ResourceFailed
from stacks.changes import authorize_stack
from stacksets.events import emit_instance_status, emit_operation_status
from stacksets.execution_role import acting_as
from stacksets.model import Instance, Operation, StackSet, StackSetsError
from state import registered

SETTINGS: dict[str, Any] = registered("stack-sets", {"operationSeconds": 60, "failAccounts": {}})
SKIPPED = "SKIPPED_SUSPENDED_ACCOUNT"
DRIFT = "DETECT_DRIFT"


def begin(
    stack_set: StackSet, operation: Operation, instances: list[Instance], seconds: float | None = None
) -> Operation:
    """Starts or queues an operation on instances; a repeated request with the same id is the same operation."""
    known = stack_set.operations.get(operation.id)
    if known is not None:
        if known.request != operation.request:
            raise StackSetsError("OperationIdAlreadyExistsException", f"The operation id {operation.id} already exists")
        return known
    active = [other for other in stack_set.operations.values() if other.status in ("RUNNING", "QUEUED")]
    if active and not stack_set.managed:
        raise StackSetsError("OperationInProgressException", f"Another operation is in progress: {active[0].id}")
    for instance in instances:
        operation.results[(instance.account, instance.region)] = {"Status": "PENDING", "unit": instance.unit}
    stack_set.operations[operation.id] = operation
    queued = any(other.status == "QUEUED" for other in active)
    if not queued and not any(set(other.results) & set(operation.results) for other in active):
        _run(stack_set, operation, SETTINGS["operationSeconds"] if seconds is None else seconds)
    else:
        emit_operation_status(stack_set, operation)
    return operation


def _run(stack_set: StackSet, operation: Operation, seconds: float) -> None:
    operation.status = "RUNNING"
    for key in operation.results:
        operation.results[key]["Status"] = "RUNNING"
        instance = stack_set.instances.get(key)
        if instance is not None and operation.action != DRIFT:
            instance.detailed = "RUNNING"
            if operation.action == "DELETE" and not operation.retain and _account_state(stack_set, key[0]) == "ACTIVE":
                stacks = cloudformation_backends[key[0]][key[1]].stacks
                delete_custom_resources(stacks.get(instance.stack_id or ""))
    emit_operation_status(stack_set, operation)
    CLOCK.after(seconds, partial(_finish, stack_set, operation))


def _finish(stack_set: StackSet, operation: Operation) -> None:
    if operation.status != "RUNNING":
        return
    failed = _work_through(stack_set, operation)
    operation.status, operation.ended = ("FAILED" if failed else "SUCCEEDED"), CLOCK.now()
    emit_operation_status(stack_set, operation)
    _start_queued(stack_set)


def _start_queued(stack_set: StackSet) -> None:
    """Starts queued operations in their order, as soon as no running operation has the same instances."""
    for waiting in [other for other in stack_set.operations.values() if other.status == "QUEUED"]:
        running = [other for other in stack_set.operations.values() if other.status == "RUNNING"]
        if any(set(other.results) & set(waiting.results) for other in running):
            return
        _run(stack_set, waiting, SETTINGS["operationSeconds"])


def _work_through(stack_set: StackSet, operation: Operation) -> bool:
    """Runs Region by Region, with the allowed number of accounts in parallel; returns whether failures stopped it."""
    regions = list(dict.fromkeys(region for _, region in operation.results))
    stopped = False
    for region in regions:
        keys = [key for key in operation.results if key[1] == region]
        tolerance = _amount(operation.preferences, "FailureTolerance", len(keys), 0)
        batch = max(1, _amount(operation.preferences, "MaxConcurrent", len(keys), 1))
        if operation.preferences.get("ConcurrencyMode") != "SOFT_FAILURE_TOLERANCE":
            batch = min(batch, tolerance + 1)
        failures = 0
        for start in range(0, len(keys), batch):
            for key in keys[start : start + batch]:
                if stopped:
                    _record(stack_set, operation, key, "CANCELLED", "Cancelled since failure tolerance has exceeded")
                elif not _one(stack_set, operation, key):
                    failures += 1
            stopped = stopped or failures > tolerance
    return stopped


def _amount(preferences: dict[str, Any], name: str, total: int, default: int) -> int:
    if preferences.get(f"{name}Percentage") is not None:
        return math.floor(total * int(preferences[f"{name}Percentage"]) / 100)
    return int(preferences[f"{name}Count"]) if preferences.get(f"{name}Count") is not None else default


def _one(stack_set: StackSet, operation: Operation, key: tuple[str, str]) -> bool:
    """Runs an operation on one instance and returns whether it succeeded."""
    state, instance = _account_state(stack_set, key[0]), stack_set.instances.get(key)
    if operation.action == DRIFT:
        return _detect(stack_set, operation, key)
    if operation.action == "DELETE":
        return _delete_one(stack_set, operation, key, state)
    if state == "SUSPENDED" or state == "PENDING_CLOSURE":
        _record(stack_set, operation, key, "CANCELLED", "Account is suspended", SKIPPED)
        return True
    if instance is None:  # the operation before deleted it
        _record(stack_set, operation, key, "FAILED", "StackInstance not found", "FAILED")
        return False
    reason = SETTINGS["failAccounts"].get(key[0]) or (
        "Account is not a member of the organization" if state is None else None
    )
    try:
        with acting_as(stack_set.role_template):
            reason = reason or _deploy(stack_set, operation, instance)
    except (ValidationError, ResourceFailed) as fault:
        reason = str(getattr(fault, "message", None) or fault)
    if reason:
        _record(stack_set, operation, key, "FAILED", reason, "FAILED")
        return False
    _record(stack_set, operation, key, "SUCCEEDED", None, "SUCCEEDED")
    return True


def _detect(stack_set: StackSet, operation: Operation, key: tuple[str, str]) -> bool:
    """Detects drift: sets only the id of the instance's last operation."""
    reason = SETTINGS["failAccounts"].get(key[0])
    operation.results[key].update(Status="FAILED" if reason else "SUCCEEDED", StatusReason=reason)
    if key in stack_set.instances:
        stack_set.instances[key].last_operation = operation.id
    return not reason


def _account_state(stack_set: StackSet, account: str) -> str | None:
    backend = organization_of(str(management_of(stack_set.account)))
    return member(backend, account).state if any(known.id == account for known in backend.accounts) else None


def _deploy(stack_set: StackSet, operation: Operation, instance: Instance) -> str | None:
    """Creates or updates the stack; returns the reason when CloudFormation fails."""
    backend = cloudformation_backends[instance.account][instance.region]
    if operation.overrides is not None:
        instance.overrides = dict(operation.overrides)
    parameters = {**stack_set.parameters, **instance.overrides}
    stack = backend.stacks.get(instance.stack_id or "")
    if stack is not None and stack.status in ("ROLLBACK_COMPLETE", "DELETE_FAILED"):
        backend.delete_stack(stack.stack_id)  # after a failed creation StackSets starts again
        stack = None
    name = f"StackSet-{stack_set.name}-{mock_random.uuid4()}" if stack is None else stack.name
    authorize_stack(instance.account, instance.region, name, "create" if stack is None else "update")
    if stack is None:
        stack = backend.create_stack(name, stack_set.template, parameters, tags=dict(stack_set.tags))
        instance.stack_id = stack.stack_id
    elif stack.template != stack_set.template or stack.parameters != parameters or stack.tags != stack_set.tags:
        stack.update(stack_set.template, parameters=parameters, tags=dict(stack_set.tags))
    elif stack.status == "UPDATE_ROLLBACK_COMPLETE":
        return None  # the rollback restored this template: there is nothing to change
    return None if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") else _failure(stack)


def _failure(stack: Stack) -> str:
    """The reason in the format of StackSets: the resource that failed first in the last attempt, and its reason."""
    first = None
    for event in stack.events:
        if event.resource_status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
            first = None
        elif event.resource_status.endswith("_FAILED") and first is None:
            first = event
    if first is None:
        return str(stack.stack_status_reason or stack.status)
    reason = str(first.resource_status_reason).rstrip(".")
    resource = f"ResourceLogicalId:{first.logical_resource_id}, ResourceType:{first.resource_type}"
    return f"{resource}, ResourceStatusReason:{reason}."


def _delete_one(stack_set: StackSet, operation: Operation, key: tuple[str, str], state: str | None) -> bool:
    instance = stack_set.instances[key]
    unreachable = state != "ACTIVE"
    reason = SETTINGS["failAccounts"].get(key[0]) if not operation.retain else None
    if not operation.retain and unreachable:
        instance.status = "INOPERABLE"
        reason = "Account is suspended or has left; delete the instance with RetainStacks"
    elif not operation.retain and not reason:
        with acting_as(stack_set.role_template):
            reason = _remove_stack(cloudformation_backends[instance.account][instance.region], instance)
    if reason:
        _record(stack_set, operation, key, "FAILED", reason, "INOPERABLE" if unreachable else "FAILED")
        return False
    del stack_set.instances[key]
    _record(stack_set, operation, key, "SUCCEEDED", None)
    return True


def _remove_stack(backend: CloudFormationBackend, instance: Instance) -> str | None:
    stack = backend.stacks.get(instance.stack_id or "")
    if stack is None:
        return None
    try:
        authorize_stack(instance.account, instance.region, stack.name, "delete")
    except ResourceFailed as refusal:
        return str(refusal)
    backend.delete_stack(stack.stack_id)
    return None if stack.status == "DELETE_COMPLETE" else _failure(stack)


def _record(
    stack_set: StackSet,
    operation: Operation,
    key: tuple[str, str],
    status: str,
    reason: str | None,
    detailed: str | None = None,
) -> None:
    operation.results[key].update(Status=status, StatusReason=reason)
    instance = stack_set.instances.get(key)
    if instance is not None:
        instance.last_operation = operation.id
        instance.detailed, instance.reason = detailed or status, reason
        if instance.status != "INOPERABLE":
            instance.status = "CURRENT" if status == "SUCCEEDED" else "OUTDATED"
    emit_instance_status(stack_set, operation, key, instance, detailed or status, reason)


def stop(stack_set: StackSet, operation: Operation) -> None:
    operation.status, operation.ended = "STOPPED", CLOCK.now()
    for key in operation.results:
        operation.results[key].update(Status="CANCELLED", StatusReason="Operation was stopped")
    emit_operation_status(stack_set, operation)
    _start_queued(stack_set)


@control("POST", "/stacksets")
def _set(request: dict[str, Any]) -> dict[str, Any]:
    SETTINGS.update({key: request[key] for key in SETTINGS if key in request})
    return SETTINGS
