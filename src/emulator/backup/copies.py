"""Copies of recovery points to another Region by the rule of a plan: a snapshot in the same account, under the key of
the vault, with all tags of the original, named after the copy job.

https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
"""

from __future__ import annotations

from functools import partial
from typing import Any

from moto.rds.models import rds_backends

from backup.store import IDS, Job, RecoveryPoint, backup_type, store
from backup.store import vault as find_vault
from clock import CLOCK
from identity.kms import find_key
from messaging.events import emit
from rds.copies import in_progress
from rds.events import emit_snapshot_event
from rds.snapshots import Snapshot

COPY_SECONDS = 900


def copy_across(job: Job, point: RecoveryPoint, snapshot: Snapshot, action: dict[str, Any]) -> None:
    """Starts one copy. Without a vault at the destination the copy job fails, which only its event reports."""
    target = action["DestinationBackupVaultArn"]
    _, _, _, region, account, _, name = target.split(":", 6)
    copy_id = IDS.next()
    if find_vault(account, region, name) is None:
        _emit_copy_job(job, copy_id, target, "FAILED", f"Backup vault {name} does not exist.")
        return
    managed = find_key(account, region, "alias/aws/backup") if snapshot.encrypted else None
    key = managed.arn if managed else None
    copied = Snapshot(
        snapshot.kind,
        account,
        region,
        f"awsbackup:copyjob-{copy_id}",
        backup_type(snapshot.kind.cluster),
        snapshot.database,
        dict(snapshot.facts),
        key,
        CLOCK.now(),
        snapshot.originally_created,
        source_arn=snapshot.arn,
    )
    copied.tags = [dict(tag) for tag in snapshot.tags]
    snapshot.kind.store(rds_backends[account][region])[copied.name] = copied
    lifecycle = dict(action.get("Lifecycle") or point.lifecycle)
    made = RecoveryPoint(
        copied.arn, job.resource_arn, job.resource_type, CLOCK.now(), job.role_arn, lifecycle, job.created_by, key
    )
    store(account, region).points.setdefault(name, {})[copied.arn] = made

    in_progress(copied, COPY_SECONDS, partial(_finished, job, copy_id, target, made, copied))


def _finished(job: Job, copy_id: str, target: str, made: RecoveryPoint, copied: Snapshot) -> None:
    made.status, made.completed = "COMPLETED", CLOCK.now()
    if not copied.kind.cluster:
        emit_snapshot_event(copied, "RDS-EVENT-0060")
    _emit_copy_job(job, copy_id, target, "COMPLETED", None, copied.arn)


def _emit_copy_job(
    job: Job, copy_id: str, target: str, state: str, message: str | None, arn: str | None = None
) -> None:
    detail = {
        "copyJobId": copy_id,
        "sourceBackupVaultArn": f"arn:aws:backup:{job.region}:{job.account}:backup-vault:{job.vault}",
        "destinationBackupVaultArn": target,
        "destinationRecoveryPointArn": arn,
        "resourceType": job.resource_type,
        "resourceArn": job.resource_arn,
        "state": state,
        "statusMessage": message,
    }
    emit(job.account, job.region, "aws.backup", "Copy Job State Change", [arn] if arn else [], detail)
