"""Backup plans and their selections in the AWS Backup API."""

from __future__ import annotations

from typing import Any

from moto.backup.exceptions import InvalidRequestException, ResourceNotFoundException
from moto.backup.responses import BackupResponse

from backup import store as backup_store
from backup.api import paged, store_of
from backup.store import IDS, Selection
from clock import CLOCK
from operations import operation


def _plan(call: BackupResponse) -> Any:
    for plan in backup_store.plans(call.current_account, call.region):
        if plan.backup_plan_id == call.params["BackupPlanId"]:
            return plan
    raise ResourceNotFoundException("Cannot find the backup plan.")


def _shown_plan(plan: Any) -> dict[str, Any]:
    return {
        "BackupPlanId": plan.backup_plan_id,
        "BackupPlanArn": plan.backup_plan_arn,
        "VersionId": plan.version_id,
        "CreationDate": plan.creation_date,
        "BackupPlanName": plan.backup_plan["BackupPlanName"],
    }


@operation(BackupResponse, "ListBackupPlans")
def _list_plans(call: BackupResponse) -> dict[str, Any]:
    return paged(
        call, "BackupPlansList", [_shown_plan(p) for p in backup_store.plans(call.current_account, call.region)]
    )


@operation(BackupResponse, "GetBackupPlan")
def _get_plan(call: BackupResponse) -> dict[str, Any]:
    plan = _plan(call)
    return {**_shown_plan(plan), "BackupPlan": plan.backup_plan}


@operation(BackupResponse, "DeleteBackupPlan")
def _delete_plan(call: BackupResponse) -> dict[str, Any]:
    plan = _plan(call)
    if any(s.plan_id == plan.backup_plan_id for s in store_of(call).selections.values()):
        raise InvalidRequestException("Related backup plan selections must be deleted prior to backup plan deletion.")
    call.backup_backend.delete_backup_plan(plan.backup_plan_id)
    return {**_shown_plan(plan), "DeletionDate": plan.deletion_date}


@operation(BackupResponse, "CreateBackupSelection")
def _create_selection(call: BackupResponse) -> dict[str, Any]:
    made = Selection(IDS.next(), _plan(call).backup_plan_id, dict(call.params["BackupSelection"]), CLOCK.now())
    store_of(call).selections[made.id] = made
    return {"SelectionId": made.id, "BackupPlanId": made.plan_id, "CreationDate": made.created}


@operation(BackupResponse, "ListBackupSelections")
def _list_selections(call: BackupResponse) -> dict[str, Any]:
    plan_id = _plan(call).backup_plan_id
    return paged(
        call,
        "BackupSelectionsList",
        [
            {
                "SelectionId": s.id,
                "SelectionName": s.document["SelectionName"],
                "BackupPlanId": plan_id,
                "CreationDate": s.created,
                "IamRoleArn": s.document["IamRoleArn"],
            }
            for s in store_of(call).selections.values()
            if s.plan_id == plan_id
        ],
    )


def _selection(call: BackupResponse) -> Selection:
    found = store_of(call).selections.get(call.params["SelectionId"])
    if found is None or found.plan_id != call.params["BackupPlanId"]:
        raise ResourceNotFoundException("Cannot find the backup selection.")
    return found


@operation(BackupResponse, "GetBackupSelection")
def _get_selection(call: BackupResponse) -> dict[str, Any]:
    found = _selection(call)
    return {
        "SelectionId": found.id,
        "BackupPlanId": found.plan_id,
        "CreationDate": found.created,
        "BackupSelection": found.document,
    }


@operation(BackupResponse, "DeleteBackupSelection")
def _delete_selection(call: BackupResponse) -> None:
    del store_of(call).selections[_selection(call).id]
