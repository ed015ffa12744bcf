"""The StackSets API, for service-managed stack sets.

Longer than most: one short function per call of the API.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.responses import CloudFormationResponse

from aws_switches import switch
from limits import STACKSETS_PRINCIPAL
from operations import operation, page
from organization.organizations import organization_of
from stacksets.changes import create_instances, create_set, delete_set, is_meant, new_operation, pairs, update_set
from stacksets.model import Instance, Operation, StackSet, StackSetsError, all_of, find, parent_of
from stacksets.operations import DRIFT, begin, stop

MAX_ACCOUNTS_PER_DELETE = 50


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


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


@operation(CloudFormationResponse, "CreateStackInstances")
def _create_instances(call: CloudFormationResponse) -> dict[str, Any]:
    return {"OperationId": create_instances(_found(call), _plain(call.params)).id}


@operation(CloudFormationResponse, "UpdateStackInstances")
def _update_instances(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set, given = _found(call), _plain(call.params)
    targets = given.get("DeploymentTargets") or {}
    instances = [i for i in stack_set.instances.values() if is_meant(i, targets, given.get("Regions"))]
    overrides = pairs(given["ParameterOverrides"]) if "ParameterOverrides" in given else None
    return {"OperationId": begin(stack_set, new_operation("UPDATE", given, targets, overrides=overrides), instances).id}


@operation(CloudFormationResponse, "DeleteStackInstances")
def _delete_instances(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set, given = _found(call), _plain(call.params)
    targets = given.get("DeploymentTargets") or {}
    if not targets.get("OrganizationalUnitIds"):
        raise ValidationError(message="DeploymentTargets with OrganizationalUnitIds are required")
    if len(targets.get("Accounts") or []) > MAX_ACCOUNTS_PER_DELETE:
        raise ValidationError(message=f"At most {MAX_ACCOUNTS_PER_DELETE} accounts can be named in one deletion")
    instances = [i for i in stack_set.instances.values() if is_meant(i, targets, given.get("Regions"))]
    if not switch("movedInstancesAreFound"):
        instances = [i for i in instances if parent_of(stack_set.account, i.account) == i.made_in]
    retain = bool(given.get("RetainStacks"))
    return {"OperationId": begin(stack_set, new_operation("DELETE", given, targets, retain=retain), instances).id}


@operation(CloudFormationResponse, "DetectStackSetDrift")
def _detect_drift(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set, given = _found(call), _plain(call.params)
    return {"OperationId": begin(stack_set, new_operation(DRIFT, given, {}), list(stack_set.instances.values())).id}


@operation(CloudFormationResponse, "ActivateOrganizationsAccess")
def _activate(call: CloudFormationResponse) -> None:
    organization_of(call.current_account).enable_aws_service_access(ServicePrincipal=STACKSETS_PRINCIPAL)


@operation(CloudFormationResponse, "DescribeOrganizationsAccess")
def _describe_access(call: CloudFormationResponse) -> dict[str, Any]:
    services = organization_of(call.current_account).services
    trusted = any(service["ServicePrincipal"] == STACKSETS_PRINCIPAL for service in services)
    return {"Status": "ENABLED" if trusted else "DISABLED"}


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
        "StackSetName": s.name,
        "StackSetId": s.id,
        "StackSetARN": s.arn,
        "Description": s.description,
        "Status": s.status,
        "TemplateBody": s.template,
        "PermissionModel": s.permission_model,
        "AutoDeployment": s.auto_deployment,
        "ManagedExecution": {"Active": s.managed},
        "Capabilities": s.capabilities,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in s.parameters.items()],
        "Tags": [{"Key": k, "Value": v} for k, v in s.tags.items()],
        "OrganizationalUnitIds": sorted({i.unit for i in s.instances.values()}),
        "Regions": sorted({i.region for i in s.instances.values()}),
    }


@operation(CloudFormationResponse, "DescribeStackSet")
def _describe(call: CloudFormationResponse) -> dict[str, Any]:
    shown = _shown_set(_found(call))  # lists here; moto's transformers expect a dict
    return {"StackSet": {**shown, "Parameters": dict(_found(call).parameters), "Tags": dict(_found(call).tags)}}


@operation(CloudFormationResponse, "ListStackSets")
def _list(call: CloudFormationResponse) -> dict[str, Any]:
    status = call.params.get("Status")
    return _paged(
        call, [_shown_set(s) for s in all_of(call.current_account, call.region) if status in (None, s.status)]
    )


def _shown_operation(o: Operation, s: StackSet) -> dict[str, Any]:
    failed = sum(1 for result in o.results.values() if result["Status"] == "FAILED")
    return {
        "OperationId": o.id,
        "StackSetId": s.id,
        "Action": o.action,
        "Status": o.status,
        "StatusReason": o.reason,
        "CreationTimestamp": o.created,
        "EndTimestamp": o.ended,
        "RetainStacks": o.retain,
        "OperationPreferences": o.preferences,
        "DeploymentTargets": o.targets or None,
        "StatusDetails": {"FailedStackInstancesCount": failed},
    }


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
    return _paged(
        call,
        [
            {
                "Account": account,
                "Region": region,
                "Status": result["Status"],
                "StatusReason": result.get("StatusReason"),
                "OrganizationalUnitId": result["unit"],
            }
            for (account, region), result in found.results.items()
            if filters.get("OPERATION_RESULT_STATUS") in (None, result["Status"])
        ],
    )


def _shown_instance(i: Instance, s: StackSet) -> dict[str, Any]:
    return {
        "StackSetId": s.id,
        "Account": i.account,
        "Region": i.region,
        "StackId": i.stack_id,
        "Status": i.status,
        "StatusReason": i.reason,
        "StackInstanceStatus": {"DetailedStatus": i.detailed},
        "OrganizationalUnitId": i.unit,
        "LastOperationId": i.last_operation,
        "DriftStatus": "NOT_CHECKED",
    }


@operation(CloudFormationResponse, "ListStackInstances")
def _list_instances(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set, by = _found(call), call.params
    filters = {f["Name"]: f["Values"] for f in by.get("Filters") or []}
    return _paged(
        call,
        [
            _shown_instance(i, stack_set)
            for i in stack_set.instances.values()
            if by.get("StackInstanceAccount") in (None, i.account)
            and by.get("StackInstanceRegion") in (None, i.region)
            and filters.get("DETAILED_STATUS") in (None, i.detailed)
            and filters.get("LAST_OPERATION_ID") in (None, i.last_operation)
        ],
    )


@operation(CloudFormationResponse, "DescribeStackInstance")
def _describe_instance(call: CloudFormationResponse) -> dict[str, Any]:
    stack_set = _found(call)
    found = stack_set.instances.get((call.params["StackInstanceAccount"], call.params["StackInstanceRegion"]))
    if found is None:
        raise StackSetsError("StackInstanceNotFoundException", "StackInstance not found")
    overrides = [{"ParameterKey": k, "ParameterValue": v} for k, v in found.overrides.items()]
    return {"StackInstance": {**_shown_instance(found, stack_set), "ParameterOverrides": overrides}}
