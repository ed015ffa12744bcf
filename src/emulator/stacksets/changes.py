"""Creates, updates and deletes stack sets and their instances, for the API and for the resource type."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.moto_api._internal import mock_random

from stacks.changes import refuse_unknown_types
from stacksets.events import emit_set_status
from stacksets.model import (
    Instance,
    Operation,
    StackSet,
    StackSetsError,
    add,
    check_may_manage,
    parent_of,
    targeted,
    template_text,
    wanted,
)
from stacksets.operations import begin


def pairs(
    listed: list[dict[str, str]] | None, key: str = "ParameterKey", value: str = "ParameterValue"
) -> dict[str, str]:
    return {item[key]: item.get(value, "") for item in listed or []}


def check_template(text: str) -> str:
    """Refuses nested stacks and macros, which service-managed stack sets do not support."""
    template = Stack.parse_template(text)
    if "Transform" in template or any(
        r["Type"] == "AWS::CloudFormation::Stack" for r in template["Resources"].values()
    ):
        raise ValidationError(message="Service-managed stack sets support neither transforms nor nested stacks")
    refuse_unknown_types(template)
    return text


def create_set(account: str, region: str, given: dict[str, Any]) -> StackSet:
    """Creates a stack set from the parameters of CreateStackSet, which are also the properties of the resource type."""
    model = given.get("PermissionModel") or "SELF_MANAGED"
    check_may_manage(account, model)
    text = template_text(given.get("TemplateBody"), given.get("TemplateURL"))
    if not text:
        raise ValidationError(message="Either TemplateBody or TemplateURL is required")
    if not given.get("AutoDeployment"):
        raise ValidationError(message="AutoDeployment is required for the permission model SERVICE_MANAGED")
    made = add(
        StackSet(
            given["StackSetName"],
            account,
            region,
            check_template(text),
            pairs(given.get("Parameters")),
            pairs(given.get("Tags"), "Key", "Value"),
            model,
            bool((given.get("ManagedExecution") or {}).get("Active")),
            given.get("AutoDeployment"),
            given.get("Description"),
            list(given.get("Capabilities") or []),
            given.get("ExecutionRoleTemplateBody"),
        )
    )
    emit_set_status(made, "CREATE")
    return made


def update_set(stack_set: StackSet, given: dict[str, Any], seconds: float | None = None) -> Operation:
    """Updates a stack set and, by an operation, all its instances (or those that the targets name)."""
    text = template_text(given.get("TemplateBody"), given.get("TemplateURL"))
    busy = any(o.status in ("RUNNING", "QUEUED") for o in stack_set.operations.values())
    if "ManagedExecution" in given:
        managed = bool(given["ManagedExecution"].get("Active"))
        if managed != stack_set.managed and busy:
            raise StackSetsError("OperationInProgressException", "ManagedExecution cannot change while operations run")
        stack_set.managed = managed
    if busy and not stack_set.managed:
        raise StackSetsError("OperationInProgressException", "Another operation is in progress")
    if text:
        stack_set.template = check_template(text)
    if "Parameters" in given:
        previous = {p["ParameterKey"] for p in given["Parameters"] if p.get("UsePreviousValue")}
        unchanged = {key: value for key, value in stack_set.parameters.items() if key in previous}
        stack_set.parameters = {**pairs([p for p in given["Parameters"] if not p.get("UsePreviousValue")]), **unchanged}
    if "Tags" in given:
        stack_set.tags = pairs(given["Tags"], "Key", "Value")
    stack_set.description = given.get("Description", stack_set.description)
    stack_set.role_template = given.get("ExecutionRoleTemplateBody", stack_set.role_template)
    stack_set.auto_deployment = given.get("AutoDeployment") or stack_set.auto_deployment
    targets = given.get("DeploymentTargets") or {}
    instances = [i for i in stack_set.instances.values() if not targets or is_meant(i, targets, given.get("Regions"))]
    emit_set_status(stack_set, "UPDATE")
    return begin(stack_set, new_operation("UPDATE", given, targets), instances, seconds)


def new_operation(action: str, given: dict[str, Any], targets: dict[str, Any], **more: Any) -> Operation:
    request = {"action": action, **{k: v for k, v in given.items() if k not in ("OperationId", "Action", "Version")}}
    return Operation(
        given.get("OperationId") or str(mock_random.uuid4()),
        action,
        request,
        given.get("OperationPreferences") or {},
        targets,
        **more,
    )


def is_meant(instance: Instance, targets: dict[str, Any], regions: list[str] | None) -> bool:
    """Whether targets include an existing instance: by the OU it was created through, not by its account's OU now."""
    through = targets.get("OrganizationalUnitIds") or []
    return (
        instance.unit in through and wanted(instance.account, targets) and (not regions or instance.region in regions)
    )


def create_instances(stack_set: StackSet, given: dict[str, Any], seconds: float | None = None) -> Operation:
    targets, instances = given.get("DeploymentTargets") or {}, []
    regions = given.get("Regions") or []
    if not targets or not regions:
        raise ValidationError(message="DeploymentTargets with OrganizationalUnitIds, and Regions, are required")
    known = stack_set.operations.get(given.get("OperationId") or "")
    overrides = pairs(given["ParameterOverrides"]) if given.get("ParameterOverrides") else None
    for account, unit in targeted(stack_set.account, targets).items():
        for region in regions:
            instance = stack_set.instances.get((account, region)) or Instance(account, region, unit)
            instance.made_in = instance.made_in or parent_of(stack_set.account, account)
            if known is None:
                stack_set.instances[(account, region)] = instance
            instances.append(instance)
    try:
        return begin(stack_set, new_operation("CREATE", given, targets, overrides=overrides), instances, seconds)
    except StackSetsError:
        for instance in instances:  # the operation did not start: remove the instances that it added
            if instance.last_operation is None and instance.detailed == "PENDING":
                stack_set.instances.pop((instance.account, instance.region), None)
        raise


def delete_set(stack_set: StackSet) -> None:
    if any(o.status in ("RUNNING", "QUEUED") for o in stack_set.operations.values()):
        raise StackSetsError("OperationInProgressException", "Another operation is in progress")
    if stack_set.instances:
        raise StackSetsError("StackSetNotEmptyException", "StackSet is not empty")
    stack_set.status = "DELETED"
    emit_set_status(stack_set, "DELETE")
