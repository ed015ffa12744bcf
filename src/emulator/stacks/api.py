"""Calls of CloudFormation for which moto lacks detail: the last status of each resource, deletions that retain."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.responses import CloudFormationResponse

from clock import CLOCK
from operations import operation


def _resources(stack: Stack) -> list[dict[str, Any]]:
    """The resources in the order of creation; in a deleted stack, deleted ones stay listed with their status."""
    listed: dict[str, dict[str, Any]] = {}
    for event in stack.events:
        if event.physical_resource_id != stack.stack_id:
            known = listed.get(event.logical_resource_id, {})
            listed[event.logical_resource_id] = {
                "StackName": stack.name,
                "StackId": stack.stack_id,
                "LogicalResourceId": event.logical_resource_id,
                "PhysicalResourceId": event.physical_resource_id or known.get("PhysicalResourceId"),
                "ResourceType": event.resource_type,
                "Timestamp": event.timestamp,
                "LastUpdatedTimestamp": event.timestamp,
                "ResourceStatus": event.resource_status,
                "ResourceStatusReason": event.resource_status_reason,
                "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
            }
    deleted = stack.status.startswith("DELETE")
    return [
        r
        for r in listed.values()
        if deleted or not r["ResourceStatus"].startswith(("DELETE_COMPLETE", "DELETE_SKIPPED"))
    ]


@operation(CloudFormationResponse, "DescribeStackResources")
def _describe_all(call: CloudFormationResponse) -> dict[str, Any]:
    wanted = call.params.get("LogicalResourceId")
    resources = _resources(call.cloudformation_backend.get_stack(call.params["StackName"]))
    return {"StackResources": [r for r in resources if wanted in (None, r["LogicalResourceId"])]}


@operation(CloudFormationResponse, "ListStackResources")
def _list(call: CloudFormationResponse) -> dict[str, Any]:
    return {"StackResourceSummaries": _resources(call.cloudformation_backend.get_stack(call.params["StackName"]))}


@operation(CloudFormationResponse, "DescribeStackResource")
def _describe_one(call: CloudFormationResponse) -> dict[str, Any]:
    name, wanted = call.params["StackName"], call.params["LogicalResourceId"]
    for resource in _resources(call.cloudformation_backend.get_stack(name)):
        if resource["LogicalResourceId"] == wanted:
            return {"StackResourceDetail": resource}
    raise ValidationError(name, f"Resource {wanted} does not exist for stack {name}")


@operation(CloudFormationResponse, "DetectStackResourceDrift")
def _detect_drift(call: CloudFormationResponse) -> dict[str, Any]:
    """Reports IN_SYNC: the emulator does not compare resources, and they do not drift in it."""
    name, wanted = call.params["StackName"], call.params["LogicalResourceId"]
    for resource in _resources(call.cloudformation_backend.get_stack(name)):
        if resource["LogicalResourceId"] == wanted:
            keys = ("StackId", "LogicalResourceId", "PhysicalResourceId", "ResourceType")
            shown = {key: resource[key] for key in keys}
            return {"StackResourceDrift": {**shown, "StackResourceDriftStatus": "IN_SYNC", "Timestamp": CLOCK.now()}}
    raise ValidationError(name, f"Resource {wanted} does not exist for stack {name}")


@operation(CloudFormationResponse, "UpdateTerminationProtection")
def _protect(call: CloudFormationResponse) -> dict[str, Any]:
    stack = call.cloudformation_backend.get_stack(call.params["StackName"])
    stack.enable_termination_protection = bool(call.params["EnableTerminationProtection"])
    return {"StackId": stack.stack_id}


@operation(CloudFormationResponse, "DeleteStack")
def _delete(call: CloudFormationResponse) -> None:
    """RetainResources leaves out resources that cannot be deleted, in a stack in DELETE_FAILED."""
    backend, name = call.cloudformation_backend, call.params["StackName"]
    stack = next((s for s in backend.stacks.values() if name in (s.name, s.stack_id)), None)
    retained = call.params.get("RetainResources") or []
    if stack is not None and retained:
        if stack.status != "DELETE_FAILED":
            raise ValidationError(message="RetainResources is only for stacks in the DELETE_FAILED state")
        for logical_id in retained:
            stack.resource_map.applied.pop(logical_id, None)
            stack.resource_map._parsed_resources.pop(logical_id, None)
    backend.delete_stack(name)
