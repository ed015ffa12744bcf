"""Backup vaults notify a topic of the jobs and recovery points in them, as the service backup.amazonaws.com.

https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html
"""

from __future__ import annotations

from typing import Any

from messaging.publications import publish_as_service
from state import kept

SERVICE = "backup.amazonaws.com"
# What a job's end is called, however it ended; the message says how.
EVENTS = {
    "RUNNING": "BACKUP_JOB_STARTED",
    **dict.fromkeys(("COMPLETED", "FAILED", "EXPIRED", "ABORTED"), "BACKUP_JOB_COMPLETED"),
}
_notified: dict[str, dict[str, Any]] = kept("backup-notifications", {})


def set_notifications(vault_arn: str, notifications: dict[str, Any] | None) -> None:
    """The Notifications of a vault, as a template has them; None for no more of them."""
    if notifications is None:
        _notified.pop(vault_arn, None)
    else:
        events = list(notifications["BackupVaultEvents"])
        _notified[vault_arn] = {"topic": notifications["SNSTopicArn"], "events": events}


def notify_of_job(vault_arn: str, state: str, resource_arn: str, job_id: str) -> None:
    """Tells the topic of a vault about a job, if it is to hear of such events."""
    wanted = _notified.get(vault_arn)
    if wanted and EVENTS.get(state) in wanted["events"]:
        text = f"An AWS Backup job is {state}. Resource ARN : {resource_arn}. Backup Job ID : {job_id}"
        publish_as_service(SERVICE, vault_arn, wanted["topic"], text, "Notification from AWS Backup")
