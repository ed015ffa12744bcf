"""Calls of the AWS Backup API that moto lacks: vaults, jobs, recovery points, opt-in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.backup import urls
from moto.backup.exceptions import InvalidParameterValueException, InvalidRequestException, ResourceNotFoundException
from moto.backup.responses import BackupResponse

from backup import store as backup_store
from backup.jobs import remove_point, start
from backup.run import SETTINGS
from backup.store import Job, RecoveryPoint, database_of, role_exists, store
from operations import operation, page


def store_of(call: BackupResponse) -> backup_store.Store:
    return store(call.current_account, call.region)


def _existing_vault(call: BackupResponse) -> Any:
    name = call.params["BackupVaultName"]
    found = backup_store.vault(call.current_account, call.region, name)
    if found is None:
        raise ResourceNotFoundException(f"Backup vault {name} does not exist.")
    return found


def paged(call: BackupResponse, key: str, items: list[Any]) -> dict[str, Any]:
    listed, token = page(items, min(int(call.params.get("MaxResults") or 1000), 1000), call.params.get("NextToken"))
    return {key: listed, "NextToken": token}


@operation(BackupResponse, "DescribeBackupVault")
def _describe_vault(call: BackupResponse) -> dict[str, Any]:
    found = _existing_vault(call)
    return {
        **found.to_list_dict(),
        "NumberOfRecoveryPoints": len(store_of(call).points.get(found.backup_vault_name, {})),
    }


@operation(BackupResponse, "DeleteBackupVault")
def _delete_vault(call: BackupResponse) -> None:
    name = _existing_vault(call).backup_vault_name
    if store_of(call).points.get(name):
        raise InvalidRequestException(f"Backup vault {name} cannot be deleted because it contains recovery points.")
    call.backup_backend.delete_backup_vault(name)


@operation(BackupResponse, "StartBackupJob")
def _start_job(call: BackupResponse) -> dict[str, Any]:
    wanted, records = call.params, store_of(call)
    token = wanted.get("IdempotencyToken")
    known = next((job for job in records.jobs.values() if token and job.token == token), None)
    if known is None:
        vault_name = _existing_vault(call).backup_vault_name
        arn = wanted["ResourceArn"]
        if not arn.startswith(f"arn:aws:rds:{call.region}:{call.current_account}:") or database_of(arn) is None:
            raise InvalidParameterValueException(f"Invalid resource ARN: {arn}")
        if not role_exists(wanted["IamRoleArn"]):
            raise InvalidParameterValueException(f"IAM Role {wanted['IamRoleArn']} cannot be assumed by AWS Backup")
        known = start(
            call.current_account,
            call.region,
            vault_name,
            arn,
            wanted["IamRoleArn"],
            dict(wanted.get("RecoveryPointTags") or {}),
            dict(wanted.get("Lifecycle") or {}),
            {},
            SETTINGS,
        )
        known.token = token
        if known.state == "NOT_OPTED_IN":
            raise InvalidRequestException(f"The service {known.resource_type} is not opted in to in this Region.")
    return {"BackupJobId": known.id, "RecoveryPointArn": known.recovery_point_arn, "CreationDate": known.created}


def _shown_job(job: Job) -> dict[str, Any]:
    created_by = {key[0].upper() + key[1:]: value for key, value in job.created_by.items()}
    return {
        "BackupJobId": job.id,
        "AccountId": job.account,
        "BackupVaultName": job.vault,
        "State": job.state,
        "BackupVaultArn": f"arn:aws:backup:{job.region}:{job.account}:backup-vault:{job.vault}",
        "RecoveryPointArn": job.recovery_point_arn,
        "ResourceArn": job.resource_arn,
        "CreationDate": job.created,
        "CompletionDate": job.completed,
        "StatusMessage": job.status_message,
        "IamRoleArn": job.role_arn,
        "PercentDone": "100.0" if job.state == "COMPLETED" else "0.0",
        "ResourceType": job.resource_type,
        "CreatedBy": created_by or None,
    }


@operation(BackupResponse, "DescribeBackupJob")
def _describe_job(call: BackupResponse) -> dict[str, Any]:
    job = store_of(call).jobs.get(call.params["BackupJobId"])
    if job is None:
        raise ResourceNotFoundException(f"Cannot find the backup job {call.params['BackupJobId']}")
    return _shown_job(job)


def _is_between(instant: datetime | None, after: datetime | None, before: datetime | None) -> bool:
    """Whether an instant is in the range; without a range every job matches, also one without the instant."""
    if after is None and before is None:
        return True
    return instant is not None and (after is None or instant >= after) and (before is None or instant <= before)


@operation(BackupResponse, "ListBackupJobs")
def _list_jobs(call: BackupResponse) -> dict[str, Any]:
    by = call.params
    jobs = [
        job
        for job in reversed(store_of(call).jobs.values())
        if by.get("ByResourceArn") in (None, job.resource_arn)
        and by.get("ByState") in (None, job.state)
        and by.get("ByBackupVaultName") in (None, job.vault)
        and by.get("ByResourceType") in (None, "*", job.resource_type)
        and _is_between(job.created, by.get("ByCreatedAfter"), by.get("ByCreatedBefore"))
        and _is_between(job.completed, by.get("ByCompleteAfter"), by.get("ByCompleteBefore"))
    ]
    return paged(call, "BackupJobs", [_shown_job(job) for job in jobs])


def _shown_point(call: BackupResponse, vault_name: str, point: RecoveryPoint) -> dict[str, Any]:
    return {
        "RecoveryPointArn": point.arn,
        "BackupVaultName": vault_name,
        "ResourceArn": point.resource_arn,
        "BackupVaultArn": f"arn:aws:backup:{call.region}:{call.current_account}:backup-vault:{vault_name}",
        "ResourceType": point.resource_type,
        "IamRoleArn": point.role_arn,
        "Status": point.status,
        "CreationDate": point.created,
        "CompletionDate": point.completed,
        "Lifecycle": point.lifecycle or None,
        "EncryptionKeyArn": point.encryption_key,
        "IsEncrypted": bool(point.encryption_key),
        "StorageClass": "WARM",
        "CreatedBy": {k[0].upper() + k[1:]: v for k, v in point.created_by.items()} or None,
    }


@operation(BackupResponse, "ListRecoveryPointsByBackupVault")
def _list_points(call: BackupResponse) -> dict[str, Any]:
    name = _existing_vault(call).backup_vault_name
    wanted = call.params.get("ByResourceArn")
    points = [p for p in store_of(call).points.get(name, {}).values() if wanted in (None, p.resource_arn)]
    return paged(call, "RecoveryPoints", [_shown_point(call, name, point) for point in points])


def _point(call: BackupResponse) -> RecoveryPoint:
    found = store_of(call).points.get(_existing_vault(call).backup_vault_name, {}).get(call.params["RecoveryPointArn"])
    if found is None:
        raise ResourceNotFoundException("Cannot find the recovery point.")
    return found


@operation(BackupResponse, "DescribeRecoveryPoint")
def _describe_point(call: BackupResponse) -> dict[str, Any]:
    return _shown_point(call, call.params["BackupVaultName"], _point(call))


@operation(BackupResponse, "DeleteRecoveryPoint")
def _delete_point(call: BackupResponse) -> None:
    remove_point(store_of(call), call.params["BackupVaultName"], _point(call).arn)


@operation(BackupResponse, "DescribeRegionSettings")
def _region_settings(call: BackupResponse) -> dict[str, Any]:
    return {"ResourceTypeOptInPreference": store_of(call).opt_in, "ResourceTypeManagementPreference": {}}


@operation(BackupResponse, "UpdateRegionSettings")
def _update_region_settings(call: BackupResponse) -> None:
    store_of(call).opt_in.update(call.params.get("ResourceTypeOptInPreference") or {})


def install() -> None:
    urls.url_paths = {"{0}/(?P<rest>.+)$": BackupResponse.dispatch}  # moto's list lacks most paths of the API
