"""The events RDS emits for snapshots. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html"""

from __future__ import annotations

from aws_switches import switch
from clock import CLOCK, iso
from messaging.events import emit
from rds.snapshots import Snapshot

MESSAGES = {
    "RDS-EVENT-0040": ("creation", "Creating manual snapshot"),
    "RDS-EVENT-0041": ("deletion", "Deleted user snapshot"),
    "RDS-EVENT-0042": ("creation", "Manual snapshot created"),
    "RDS-EVENT-0059": ("notification", "Started copy of snapshot"),
    "RDS-EVENT-0060": ("notification", "Finished copy of snapshot"),
    "RDS-EVENT-0061": ("notification", "Canceled snapshot copy request"),
    "RDS-EVENT-0074": ("backup", "Creating manual cluster snapshot"),
    "RDS-EVENT-0075": ("backup", "Manual cluster snapshot created"),
    "RDS-EVENT-0190": ("notification", "Canceled snapshot copy request"),
    "RDS-EVENT-0196": ("notification", "Started copy of snapshot"),
    "RDS-EVENT-0197": ("notification", "Finished copy of snapshot"),
}


def emit_snapshot_event(snapshot: Snapshot, event_id: str) -> None:
    """Emits the event of a snapshot now, in the account and Region of the snapshot."""
    if switch("silentClusterBackups") and snapshot.kind.cluster and snapshot.name.startswith("awsbackup:"):
        return
    category, message = MESSAGES[event_id]
    detail = {
        "EventCategories": [category],
        "SourceType": "CLUSTER_SNAPSHOT" if snapshot.kind.cluster else "SNAPSHOT",
        "SourceArn": snapshot.arn,
        "Date": iso(CLOCK.now(), milliseconds=True),
        "Message": message,
        "SourceIdentifier": snapshot.name,
        "EventID": event_id,
        "Tags": snapshot.own_tags(),
    }
    detail_type = f"RDS DB {'Cluster ' if snapshot.kind.cluster else ''}Snapshot Event"
    emit(snapshot.account, snapshot.region, "aws.rds", detail_type, [snapshot.arn], detail)
