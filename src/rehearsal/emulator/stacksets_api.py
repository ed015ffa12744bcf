"""The StackSets API, for service-managed stack sets."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.moto_api._internal import mock_random
from operations import operation, page
from stack_engine import refuse_unknown_types
from stacksets_model import (
    Instance,
    Operation,
    StackSet,
    StackSetsError,
    add,
    all_of,
    check_may_manage,
    find,
    targeted,
    template_text,
    wanted,
)
from stacksets_operations import begin, stop, tell_set

MOST_ACCOUNTS_A_DELETE = 50


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _pairs(listed: list[dict[str, str]] | None, key: str = "ParameterKey", value: str = "ParameterValue") -> dict[str, str]:
    return {item[key]: item.get(value, "") for item in listed or []}


def check_template(text: str) -> str:
    """Service-managed sets take no nested stacks and no macros."""
    template = Stack.parse_template(text)
    if "Transform" in template or any(r["Type"] == "AWS::CloudFormation::Stack" for r in template["Resources"].values()):
        raise ValidationError(message="Service-managed stack sets support neither transforms nor nested stacks")
    refuse_unknown_types(template)
    return text


def create_set(account: str, region: str, given: dict[str, Any]) -> StackSet:
    """Makes a stack set from the parameters of CreateStackSet, which are those of the template's resource too."""
    model = given.get("PermissionModel") or "SELF_MANAGED"
    check_may_manage(account, model)
    text = template_text(given.get("TemplateBody"), given.get("TemplateURL"))
    if not text:
        raise ValidationError(message="Either TemplateBody or TemplateURL is required")
    if not given.get("AutoDeployment"):
        raise ValidationError(message="AutoDeployment is required for the permission model SERVICE_MANAGED")
    made = add(StackSet(
        given["StackSetName"], account, region, check_template(text), _pairs(given.get("Parameters")),
        _pairs(given.get("Tags"), "Key", "Value"), model, bool((given.get("ManagedExecution") or {}).get("Active")),
        given.get("AutoDeployment"), given.get("Description"), list(given.get("Capabilities") or []),
    ))  # fmt: skip
    tell_set(made, "CREATE")
    return made


def update_set(stack_set: StackSet, given: dict[str, Any], seconds: float | None = None) -> Operation:
    """Changes a set and, by an operation, every instance of it (or those that the targets name)."""
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
        kept = {key: value for key, value in stack_set.parameters.items() if key in previous}
        stack_set.parameters = {**_pairs([p for p in given["Parameters"] if not p.get("UsePreviousValue")]), **kept}
    if "Tags" in given:
        stack_set.tags = _pairs(given["Tags"], "Key", "Value")
    stack_set.description = given.get("Description", stack_set.description)
    stack_set.auto_deployment = given.get("AutoDeployment") or stack_set.auto_deployment
    targets = given.get("DeploymentTargets") or {}
    instances = [i for i in stack_set.instances.values() if not targets or _meant(i, targets, given.get("Regions"))]
    tell_set(stack_set, "UPDATE")
    return begin(stack_set, _operation("UPDATE", given, targets), instances, seconds)


def _operation(action: str, given: dict[str, Any], targets: dict[str, Any], **more: Any) -> Operation:
    request = {"action": action, **{k: v for k, v in given.items() if k not in ("OperationId", "Action", "Version")}}
    return Operation(
        given.get("OperationId") or str(mock_random.uuid4()), action, request, given.get("OperationPreferences") or {}, targets, **more
    )


def _meant(instance: Instance, targets: dict[str, Any], regions: list[str] | None) -> bool:
    """An existing instance is found by the unit it was made through, not by where its account is now."""
    through = targets.get("OrganizationalUnitIds") or []
    return instance.unit in through and wanted(instance.account, targets) and (not regions or instance.region in regions)


def create_instances(stack_set: StackSet, given: dict[str, Any], seconds: float | None = None) -> Operation:
    targets, instances = given.get("DeploymentTargets") or {}, []
    regions = given.get("Regions") or []
    if not targets or not regions:
        raise ValidationError(message="DeploymentTargets with OrganizationalUnitIds, and Regions, are required")
    known = stack_set.operations.get(given.get("OperationId") or "")
    overrides = _pairs(given["ParameterOverrides"]) if given.get("ParameterOverrides") else None
    for account, unit in targeted(stack_set.account, targets).items():
        for region in regions:
            instance = stack_set.instances.get((account, region)) or Instance(account, region, unit)
            if known is None:
                stack_set.instances[(account, region)] = instance
            instances.append(instance)
    try:
        return begin(stack_set, _operation("CREATE", given, targets, overrides=overrides), instances, seconds)
    except StackSetsError:
        for instance in instances:  # nothing was begun: what never had a stack was only just listed
            if instance.last_operation is None and instance.detailed == "PENDING":
                stack_set.instances.pop((instance.account, instance.region), None)
        raise


def _found(call: CloudFormationResponse) -> StackSet:
    return find(call.current_account, call.region, call.params["StackSetName"])


@operation(CloudFormationResponse, "CreateStackSet")
def _create(call: CloudFormationResponse) -> dict[str, Any]:
    return {"StackSetId": create_set(call.current_account, call.region, _plain(call.params)).id}


@operation(CloudFormationResponse, "UpdateStackSet")
def _update(call: CloudFormationResponse) -> dict[str, Any]:
    return {"OperationId": update_set(_found(call), _plain(call.params)).id}


@operation(CloudFormationResponse, "DeleteStackSet")
def _delete(call: CloudFormationResponse) -> None:
    delete_set(_found(call))


def delete_set(stack_set: StackSet) -> None:
    if any(o.status in ("RUNNING", "QUEUED") for o in stack_set.operations.values()):
        raise StackSetsError("OperationInProgressException", "Another operation is in progress")
    if stack_set.instances:
        raise StackSetsError("StackSetNotEmptyException", "StackSet is not empty")
    stack_set.status = "DELETED"
    tell_set(stack_set, "DELETE")


@operation(CloudFormationResponse, "CreateStackInstances")
def _create_instances(call: CloudFormationResponse) -> dict[str, Any]:
    return {"OperationId": create_instances(_found(call), _plain(call.params)).id}


@operation(CloudFormationResponse, "UpdateStackInstances")
def _update_instances(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set, given = _found(call), _plain(call.params)
    targets = given.get("DeploymentTargets") or {}
    instances = [i for i in stack_set.instances.values() if _meant(i, targets, given.get("Regions"))]
    overrides = _pairs(given["ParameterOverrides"]) if "ParameterOverrides" in given else None
    return {"OperationId": begin(stack_set, _operation("UPDATE", given, targets, overrides=overrides), instances).id}


@operation(CloudFormationResponse, "DeleteStackInstances")
def _delete_instances(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set, given = _found(call), _plain(call.params)
    targets = given.get("DeploymentTargets") or {}
    if not targets.get("OrganizationalUnitIds"):
        raise ValidationError(message="DeploymentTargets with OrganizationalUnitIds are required")
    if len(targets.get("Accounts") or []) > MOST_ACCOUNTS_A_DELETE:
        raise ValidationError(message=f"At most {MOST_ACCOUNTS_A_DELETE} accounts can be named in one deletion")
    instances = [i for i in stack_set.instances.values() if _meant(i, targets, given.get("Regions"))]
    retain = bool(given.get("RetainStacks"))
    return {"OperationId": begin(stack_set, _operation("DELETE", given, targets, retain=retain), instances).id}


@operation(CloudFormationResponse, "StopStackSetOperation")
def _stop(call: CloudFormationResponse) -> None:
    stack_set = _found(call)
    found = _find_operation(call, stack_set)
    if found.status not in ("RUNNING", "QUEUED"):
        raise StackSetsError("InvalidOperationException", f"The operation is {found.status}")
    stop(stack_set, found)


def _find_operation(call: CloudFormationResponse, stack_set: StackSet) -> Operation:
    found = stack_set.operations.get(call.params["OperationId"])
    if found is None:
        raise StackSetsError("OperationNotFoundException", f"Operation {call.params['OperationId']} not found")
    return found


def _paged(call: CloudFormationResponse, items: list[Any]) -> dict[str, Any]:
    listed, token = page(items, min(int(call.params.get("MaxResults") or 100), 100), call.params.get("NextToken"))
    return {"Summaries": listed, "NextToken": token}


def _shown_set(s: StackSet) -> dict[str, Any]:
    return {
        "StackSetName": s.name, "StackSetId": s.id, "StackSetARN": s.arn, "Description": s.description, "Status": s.status,
        "TemplateBody": s.template, "PermissionModel": s.permission_model, "AutoDeployment": s.auto_deployment,
        "ManagedExecution": {"Active": s.managed}, "Capabilities": s.capabilities,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in s.parameters.items()],
        "Tags": [{"Key": k, "Value": v} for k, v in s.tags.items()],
        "OrganizationalUnitIds": sorted({i.unit for i in s.instances.values()}),
        "Regions": sorted({i.region for i in s.instances.values()}),
    }  # fmt: skip


@operation(CloudFormationResponse, "DescribeStackSet")
def _describe(call: CloudFormationResponse) -> dict[str, Any]:
    shown = _shown_set(_found(call))  # lists, where moto's own transformers expect pairs
    return {"StackSet": {**shown, "Parameters": dict(_found(call).parameters), "Tags": dict(_found(call).tags)}}


@operation(CloudFormationResponse, "ListStackSets")
def _list(call: CloudFormationResponse) -> dict[str, Any]:
    status = call.params.get("Status")
    return _paged(call, [_shown_set(s) for s in all_of(call.current_account, call.region) if status in (None, s.status)])


def _shown_operation(o: Operation, s: StackSet) -> dict[str, Any]:
    failed = sum(1 for result in o.results.values() if result["Status"] == "FAILED")
    return {
        "OperationId": o.id, "StackSetId": s.id, "Action": o.action, "Status": o.status, "StatusReason": o.reason,
        "CreationTimestamp": o.created, "EndTimestamp": o.ended, "RetainStacks": o.retain,
        "OperationPreferences": o.preferences, "DeploymentTargets": o.targets or None,
        "StatusDetails": {"FailedStackInstancesCount": failed},
    }  # fmt: skip


@operation(CloudFormationResponse, "DescribeStackSetOperation")
def _describe_operation(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set = _found(call)
    return {"StackSetOperation": _shown_operation(_find_operation(call, stack_set), stack_set)}


@operation(CloudFormationResponse, "ListStackSetOperations")
def _list_operations(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set = _found(call)
    return _paged(call, [_shown_operation(o, stack_set) for o in reversed(stack_set.operations.values())])


@operation(CloudFormationResponse, "ListStackSetOperationResults")
def _list_results(call: CloudFormationResponse) -> dict[str, Any]:
    found = _find_operation(call, _found(call))
    filters = {f["Name"]: f["Values"] for f in call.params.get("Filters") or []}
    return _paged(call, [
        {
            "Account": account, "Region": region, "Status": result["Status"], "StatusReason": result.get("StatusReason"),
            "OrganizationalUnitId": result["unit"],
        }
        for (account, region), result in found.results.items()
        if filters.get("OPERATION_RESULT_STATUS") in (None, result["Status"])
    ])  # fmt: skip


def _shown_instance(i: Instance, s: StackSet) -> dict[str, Any]:
    return {
        "StackSetId": s.id, "Account": i.account, "Region": i.region, "StackId": i.stack_id, "Status": i.status,
        "StatusReason": i.reason, "StackInstanceStatus": {"DetailedStatus": i.detailed}, "OrganizationalUnitId": i.unit,
        "LastOperationId": i.last_operation, "DriftStatus": "NOT_CHECKED",
    }  # fmt: skip


@operation(CloudFormationResponse, "ListStackInstances")
def _list_instances(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set, by = _found(call), call.params
    filters = {f["Name"]: f["Values"] for f in by.get("Filters") or []}
    return _paged(call, [
        _shown_instance(i, stack_set)
        for i in stack_set.instances.values()
        if by.get("StackInstanceAccount") in (None, i.account)
        and by.get("StackInstanceRegion") in (None, i.region)
        and filters.get("DETAILED_STATUS") in (None, i.detailed)
        and filters.get("LAST_OPERATION_ID") in (None, i.last_operation)
    ])  # fmt: skip


@operation(CloudFormationResponse, "DescribeStackInstance")
def _describe_instance(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set = _found(call)
    found = stack_set.instances.get((call.params["StackInstanceAccount"], call.params["StackInstanceRegion"]))
    if found is None:
        raise StackSetsError("StackInstanceNotFoundException", "StackInstance not found")
    overrides = [{"ParameterKey": k, "ParameterValue": v} for k, v in found.overrides.items()]
    return {"StackInstance": {**_shown_instance(found, stack_set), "ParameterOverrides": overrides}}


