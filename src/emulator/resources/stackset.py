"""A stack set in a template: CloudFormation waits for its operations, and fails when one of them fails.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
"""

from __future__ import annotations

from typing import Any

from aws_switches import switch
from resources.types import Place, Resource, ResourceFailed, ResourceType, resource_type
from stacksets.changes import create_instances, create_set, delete_set, update_set
from stacksets.execution_role import ROLE
from stacksets.model import Operation, StackSet

AT_ONCE = 0.0


def _succeeded(operation: Operation) -> None:
    if operation.status == "FAILED":
        reasons = [f"{key[0]}: {r['StatusReason']}" for key, r in operation.results.items() if r["Status"] == "FAILED"]
        raise ResourceFailed(f"StackSet operation {operation.id} was unsuccessful: {'; '.join(reasons)}")


def _refuse_unknown_properties(properties: dict[str, Any]) -> None:
    """Refuses properties that AWS does not document for this resource, unless the rehearsal or a switch allows them."""
    for name in ("ExecutionRoleTemplateBody", "ExecutionRoleTemplateUrl", "StackSetOutputBucket"):
        if name in properties and ROLE["property"] == "refused" and not switch("stackSetsTakeRoleTemplates"):
            raise ResourceFailed(f"Encountered unsupported property {name}")


def _with_instances(stack_set: StackSet, properties: dict[str, Any]) -> None:
    for group in properties.get("StackInstancesGroup", []):
        given = {**group, "OperationPreferences": properties.get("OperationPreferences")}
        _succeeded(create_instances(stack_set, given, AT_ONCE))


@resource_type("AWS::CloudFormation::StackSet")
class StackSetResource(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        _refuse_unknown_properties(properties)
        made = create_set(place.account, place.region, properties)
        _with_instances(made, properties)
        return Resource(made.id, {"StackSetId": made.id}, made)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        for fixed in ("StackSetName", "PermissionModel", "CallAs"):
            if properties.get(fixed) != old.get(fixed):
                raise ResourceFailed(f"{fixed} of a stack set cannot change in place")
        _refuse_unknown_properties(properties)
        given = {
            "ExecutionRoleTemplateBody": None,
            **properties,
            "Parameters": properties.get("Parameters", []),
            "Tags": properties.get("Tags", []),
        }
        given.setdefault("ManagedExecution", {"Active": False})
        _succeeded(update_set(resource.model, given, AT_ONCE))
        if properties.get("StackInstancesGroup") != old.get("StackInstancesGroup"):
            _with_instances(resource.model, properties)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        if not properties.get("StackInstancesGroup") and resource.model.instances:
            raise ResourceFailed("StackSet is not empty")
        for key in list(resource.model.instances):
            from moto.cloudformation.models import cloudformation_backends

            cloudformation_backends[key[0]][key[1]].delete_stack(resource.model.instances.pop(key).stack_id or "")
        delete_set(resource.model)
