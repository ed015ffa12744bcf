"""Switches for behavior of AWS that is not documented, or that no test can show otherwise.

Each default is what AWS documents, or else the stricter behavior. Probes test most of them on AWS. A test inverts each
switch, and the probe of that switch must detect it.
"""

from __future__ import annotations

from typing import Any

from control import Refused, control
from state import registered

DEFAULTS: dict[str, Any] = {
    # AddTagsToResource on a snapshot of AWS Backup is refused. AWS does not document whether it is.
    "refuseBackupSnapshotTags": False,
    # Describe*Snapshots leaves out TagList, as it may for a caller without rds:ListTagsForResource.
    "hideTagLists": False,
    # AWS Backup needs from its role every permission in AWS's recipe. Off: no permission at all, as for the roles of
    # earlier releases, which had fewer; whether those were enough is not known.
    "backupRoleJudged": True,
    # Describe*Snapshots shows the account that a snapshot is shared with no resource id of its database.
    "hideResourceIdsOfShared": False,
    # The SnapshotType of AWS Backup's snapshots of clusters: "manual" as documented, or "awsbackup".
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html
    "clusterBackupsTyped": "manual",
    # AWS Backup's snapshots of clusters count toward the quota of manual snapshots.
    "clusterBackupsCount": False,
    # RDS emits no events for AWS Backup's snapshots of clusters.
    "silentClusterBackups": False,
    # aws:RequestTag is in the context when a copy's source, in another account, is authorized.
    "requestTagOnSource": True,
    # When a shared snapshot is copied, aws:ResourceAccount is the account that copies it, not the owner.
    "resourceAccountIsCaller": False,
    # A shared snapshot is authorized as a snapshot of the account that copies it: a Deny on its own snapshots applies.
    "sharedSourcesAreOwn": False,
    # A Deny in the policy of the target key blocks RDS from copying, even where an exception applies.
    "denyInKeyBreaksCopies": False,
    # RDS's calls to the key of a source in another account carry kms:ViaService.
    "viaServiceOnCopies": True,
    # A completed copy still needs the key of its source.
    "copiesNeedSourceKey": False,
    # Snapshots of clusters under a key that AWS owns cannot be copied.
    "refuseAwsOwnedKeyCopies": False,
    # The encryption of an Aurora cluster created without any: "sse-rds" (an AWS owned key) as documented, or "none".
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
    "newClustersEncrypted": "sse-rds",
    # The error for one copy too many in flight names manual snapshots, as the error for a full quota does.
    "inFlightSpeaksOfManual": False,
    # AWS Backup selects by tag only when its role has tag:GetResources.
    "tagSelectionNeedsGetResources": False,
    # The opt-in of RDS also applies to a plan that names instances by ARN.
    "optInHoldsForNamedInstances": False,
    # EventBridge sends aws:SourceAccount with its calls to the key of a topic.
    "eventBridgeKeyConditions": False,
    # StackSets finds the stack instance of an account that has moved by the OU that it was created through.
    "movedInstancesAreFound": True,
    # AWS::CloudFormation::StackSet accepts the template of an execution role, with any setting of the rehearsal.
    "stackSetsTakeRoleTemplates": False,
    # An account may have a second analyzer of a type in a Region.
    "secondAnalyzer": False,
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "clusterBackupsTyped": ("manual", "awsbackup"),
    "newClustersEncrypted": ("none", "sse-rds"),
}
_switches: dict[str, Any] = registered("aws-switches", dict(DEFAULTS))


def switch(name: str) -> Any:
    """The current value of a switch."""
    return _switches[name]


@control("POST", "/switches")
def _set(request: dict[str, Any]) -> dict[str, Any]:
    for name, value in request.items():
        if name not in DEFAULTS:
            raise Refused(f"there is no switch {name}; the switches are {', '.join(DEFAULTS)}")
        if value not in CHOICES.get(name, (True, False)):
            raise Refused(f"the switch {name} cannot be {value}")
    _switches.update(request)
    return _switches
