"""Where AWS documents nothing, or may differ: one switch for each behavior, so that a test can turn it round."""

from __future__ import annotations

from typing import Any

from control import control
from state import kept

SWITCHES: dict[str, Any] = kept(
    "aws-switches",
    {
        "refuseBackupSnapshotTags": False,  # AddTagsToResource on snapshots of AWS Backup
        "clusterBackupsTyped": "awsbackup",  # or "manual": SnapshotType of AWS Backup's cluster snapshots
        "hideTagLists": False,  # TagList only for who may rds:ListTagsForResource
        "requestTagOnSource": True,  # aws:RequestTag in the context for the source of a copy from another account
        "denyInKeyBreaksCopies": False,  # a Deny for `*` in the policy of the target key
        "viaServiceOnCopies": True,  # kms:ViaService in the calls of RDS to the source's key
        "copiesNeedSourceKey": False,  # a finished copy still depends on the key of its source
        "refuseAwsOwnedKeyCopies": False,  # copies of cluster snapshots under an AWS owned key
        "newClustersEncrypted": "none",  # or "sse-rds": clusters for which no encryption is asked
        "inFlightSpeaksOfManual": False,  # the refusal of one copy too many reads like that of a full quota
        "silentClusterBackups": False,  # RDS emits nothing for AWS Backup's cluster snapshots
        "clusterBackupsCount": False,  # AWS Backup's cluster snapshots count toward the quota
        "tagSelectionNeedsGetResources": False,  # AWS Backup selects by tag only for roles with tag:GetResources
        "optInHoldsForNamedInstances": True,  # a plan that names instances by ARN obeys the opt-in of RDS
        "eventBridgeKeyConditions": True,  # aws:SourceAccount in key policies reaches topics of EventBridge
        "secondAnalyzer": False,  # a second analyzer of an account in a Region
    },
)


@control("POST", "/switches")
def _set(what: dict[str, Any]) -> dict[str, Any]:
    if unknown := [name for name in what if name not in SWITCHES]:
        raise ValueError(f"there is no switch {unknown[0]}; there are {', '.join(SWITCHES)}")
    SWITCHES.update(what)
    return SWITCHES
