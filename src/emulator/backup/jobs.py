"""Backup jobs: a snapshot under the database's key, with the tags of the plan, named after the job; and its events.

RDS and AWS Backup both emit events of it; those of AWS Backup come late.
https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from aws_switches import switch
from backup.copies import copy_across
from backup.notifications import notify_of_job
from backup.recipe import lacking
from backup.store import IDS, Job, RecoveryPoint, Store, backup_type, candidates, database_of, role_exists, store
from backup.windows import colliding_window
from clock import CLOCK, iso
from identity.kms import find_key
from limits import MAX_TAGS, SECONDS_PER_DAY
from messaging.events import emit
from rds.copies import delete, in_progress
from rds.events import emit_snapshot_event
from rds.snapshots import Snapshot, by_arn, take

# A plan that names instances by ARN backs them up regardless of the opt-in. The services of clusters and
# on-demand backups need the opt-in.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html
OPTIONAL_OPT_IN = "RDS"


def start(
    account: str,
    region: str,
    vault: str,
    resource_arn: str,
    role_arn: str,
    tags: dict[str, str],
    lifecycle: dict[str, Any],
    created_by: dict[str, str],
    options: dict[str, Any],
) -> Job:
    """Starts a job for a database.

    Options: durationSeconds, eventDelaySeconds, copyActions, fail {state, statusMessage, afterSeconds}, startsAt (the
    instant at which the job starts on AWS; now by default).
    """
    records = store(account, region)
    found = next(c for c in candidates(account, region) if c.arn == resource_arn)
    job = Job(IDS.next(), account, region, vault, resource_arn, found.resource_type, role_arn, CLOCK.now(), created_by)
    named = found.resource_type == OPTIONAL_OPT_IN and options.get("typeIsNamed", False)
    if not records.opt_in.get(found.resource_type, False) and (switch("optInHoldsForNamedInstances") or not named):
        job.state = "NOT_OPTED_IN"
        return job
    records.jobs[job.id] = job
    _emit_job(job, "CREATED", [])
    all_tags = {**found.tags, **tags}
    forbidden = _forbidden(job)
    if forbidden:  # reported at once: waiting does not change the role
        job.status_message = forbidden["statusMessage"]
    starts_at = options.get("startsAt") or CLOCK.now()
    fail = options.get("fail") or forbidden or _window(job, starts_at) or _obstacle(resource_arn, all_tags)
    if fail:
        job.obstacle = fail.get("obstacle")
        CLOCK.after(fail.get("afterSeconds", 0), partial(_failed, job, fail, options["eventDelaySeconds"]))
        return job
    snapshot = _snapshot(job, all_tags)
    point = RecoveryPoint(
        snapshot.arn, resource_arn, job.resource_type, CLOCK.now(), role_arn, lifecycle, created_by, snapshot.kms_key_id
    )
    records.points.setdefault(vault, {})[snapshot.arn] = point
    in_progress(snapshot, options["durationSeconds"], partial(_finished, job, point, snapshot, options))
    return job


def _failed(job: Job, fail: dict[str, Any], delay: float) -> None:
    job.state, job.status_message, job.completed = fail["state"], fail.get("statusMessage"), CLOCK.now()
    CLOCK.after(delay, partial(_emit_job, job, job.state, []))


def _forbidden(job: Job) -> dict[str, Any] | None:
    """The permissions of AWS's list that the role lacks.

    Assumption (backup-role-actions-suffice): the job fails, with a message like this one.
    """
    found = database_of(job.resource_arn)
    assert found is not None
    missing = lacking(job.role_arn, "back-up", job.resource_arn, job.vault, found[0].kms_key_id)
    if not missing:
        return None
    message = f"{job.role_arn} may not {', nor '.join(missing)}: see src/emulator/backup/recipe.json"
    return {"state": "FAILED", "statusMessage": message, "obstacle": "role"}


def _window(job: Job, starts_at: datetime) -> dict[str, Any] | None:
    """The window of RDS in which the job cannot start.

    Assumption (jobs-wait-for-the-end-of-rds-windows): the job fails at once, with a message like this one. Aurora is
    exempt; DocumentDB and Neptune, which have the same storage, are assumed to be. A Multi-AZ DB cluster is not.
    """
    found = database_of(job.resource_arn)
    assert found is not None
    window = colliding_window(found[0], starts_at) if job.resource_type == "RDS" else None
    if window is None:
        return None
    message = f"The backup of {iso(starts_at)} cannot start in or close to the {window}."
    return {"state": "FAILED", "statusMessage": message, "obstacle": "window"}


def _obstacle(resource_arn: str, tags: dict[str, str]) -> dict[str, Any] | None:
    """The reason for which AWS Backup fails the job of a database: too many tags, or an unusable key."""
    found = database_of(resource_arn)
    assert found is not None
    database = found[0]
    if len(tags) > MAX_TAGS:
        message = f"The recovery point would have {len(tags)} tags; a resource can have at most {MAX_TAGS}."
        return {"state": "FAILED", "statusMessage": message}
    key = database.kms_key_id and find_key(
        database.backend.account_id, database.backend.region_name, database.kms_key_id
    )
    if database.kms_key_id and (key is None or key.key_state != "Enabled"):
        return {"state": "FAILED", "statusMessage": f"The KMS key {database.kms_key_id} is not accessible."}
    return None


def _snapshot(job: Job, tags: dict[str, str]) -> Snapshot:
    """Starts the snapshot: a copy of an automated backup where the database has one, as the events show."""
    found = database_of(job.resource_arn)
    assert found is not None
    database, cluster = found
    marked = {**tags, "aws:backup:source-resource": f"{job.resource_arn.rsplit(':', 1)[1]}:{job.id}"}
    listed = [{"Key": key, "Value": value} for key, value in marked.items()]
    snapshot = take(database, cluster, f"awsbackup:job-{job.id}", backup_type(cluster), listed)
    job.recovery_point_arn = snapshot.arn
    instance = "RDS-EVENT-0196" if _copied(snapshot) else "RDS-EVENT-0040"
    emit_snapshot_event(snapshot, "RDS-EVENT-0074" if cluster else instance)
    return snapshot


def _copied(snapshot: Snapshot) -> bool:
    return int(snapshot.database.backup_retention_period or 0) > 0


def _finished(job: Job, point: RecoveryPoint, snapshot: Snapshot, options: dict[str, Any]) -> None:
    job.state, job.completed = "COMPLETED", CLOCK.now()
    point.status, point.completed = "COMPLETED", CLOCK.now()
    instance = "RDS-EVENT-0197" if _copied(snapshot) else "RDS-EVENT-0042"
    emit_snapshot_event(snapshot, "RDS-EVENT-0075" if snapshot.kind.cluster else instance)
    CLOCK.after(options["eventDelaySeconds"], partial(_emit_completed, job, point, snapshot.arn))
    days = int(point.lifecycle.get("DeleteAfterDays") or 0)
    if days > 0:
        CLOCK.after(days * SECONDS_PER_DAY, partial(_expire, job, point))
    for action in options.get("copyActions") or []:
        copy_across(job, point, snapshot, action)


def _emit_completed(job: Job, point: RecoveryPoint, arn: str) -> None:
    _emit_job(job, "COMPLETED", [arn])
    _emit_point(job, point)


def _expire(job: Job, point: RecoveryPoint) -> None:
    """Deletes a recovery point at the end of its lifecycle, if its role still exists and may delete it."""
    records = store(job.account, job.region)
    if point.arn in records.points.get(job.vault, {}):
        if role_exists(point.role_arn) and not lacking(point.role_arn, "expire", job.resource_arn, job.vault, None):
            remove_point(records, job.vault, point.arn)
        else:
            point.status = "EXPIRED"


def remove_point(records: Store, vault: str, arn: str) -> None:
    """Deletes a recovery point and its snapshot."""
    del records.points[vault][arn]
    snapshot = by_arn(arn)
    if snapshot is not None:
        delete(snapshot)


def _emit_job(job: Job, state: str, resources: list[str]) -> None:
    vault_arn = f"arn:aws:backup:{job.region}:{job.account}:backup-vault:{job.vault}"
    detail: dict[str, Any] = {
        "backupJobId": job.id,
        "backupVaultArn": vault_arn,
        "backupVaultName": job.vault,
        "state": state,
        "creationDate": iso(job.created, milliseconds=True),
        "iamRoleArn": job.role_arn,
        "resourceType": job.resource_type,
    }
    if state != "CREATED":  # as on AWS, the event of a created job does not name its resource
        detail |= {"resourceArn": job.resource_arn, "percentDone": 100 if state == "COMPLETED" else 0}
    if state == "COMPLETED":
        detail |= {"bytesTransferred": "0", "completionDate": iso(job.completed or CLOCK.now(), milliseconds=True)}
    if job.status_message:
        detail["statusMessage"] = job.status_message
    if job.created_by:
        detail["createdBy"] = job.created_by
    emit(job.account, job.region, "aws.backup", "Backup Job State Change", resources, detail)
    notify_of_job(vault_arn, state, job.resource_arn, job.id)


def _emit_point(job: Job, point: RecoveryPoint) -> None:
    detail = {
        "backupVaultArn": f"arn:aws:backup:{job.region}:{job.account}:backup-vault:{job.vault}",
        "backupVaultName": job.vault,
        "creationDate": iso(point.created, milliseconds=True),
        "iamRoleArn": point.role_arn,
        "resourceType": point.resource_type,
        "resourceArn": point.resource_arn,
        "status": "COMPLETED",
        "isEncrypted": bool(point.encryption_key),
        "storageClass": "WARM",
        "lifecycle": point.lifecycle,
        "createdBy": point.created_by,
    }
    emit(job.account, job.region, "aws.backup", "Recovery Point State Change", [point.arn], detail)
