"""Backup vaults publish their jobs to a topic, as the service backup.amazonaws.com.

https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html
"""

from __future__ import annotations

from typing import Any

from messaging.publications import publish_as_service
from state import registered

SERVICE = "backup.amazonaws.com"
# The event of each state of a job: one for every end; the message holds the state.
EVENTS = {
    "RUNNING": "BACKUP_JOB_STARTED",
    **dict.fromkeys(("COMPLETED", "FAILED", "EXPIRED", "ABORTED"), "BACKUP_JOB_COMPLETED"),
}
_notified: dict[str, dict[str, Any]] = registered("backup-notifications", {})


def set_notifications(vault_arn: str, notifications: dict[str, Any] | None) -> None:
    """Sets the Notifications of a vault, as a template has them; None removes them."""
    if notifications is None:
        _notified.pop(vault_arn, None)
    else:
        events = list(notifications["BackupVaultEvents"])
        _notified[vault_arn] = {"topic": notifications["SNSTopicArn"], "events": events}


def notify_of_job(vault_arn: str, state: str, resource_arn: str, job_id: str) -> None:
    """Publishes the state of a job to the topic of its vault, if the vault notifies of such events."""
    wanted = _notified.get(vault_arn)
    if wanted and EVENTS.get(state) in wanted["events"]:
        text = f"An AWS Backup job is {state}. Resource ARN : {resource_arn}. Backup Job ID : {job_id}"
        publish_as_service(SERVICE, vault_arn, wanted["topic"], text, "Notification from AWS Backup")
