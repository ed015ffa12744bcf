"""Switches for behavior of AWS that is not documented, or that depends on what a test cannot show otherwise.

Each default is what AWS documents, or else the stricter of what it may do. The probes ask AWS about most of them; a test
turns each one round, and its probe has to find that.
"""

from __future__ import annotations

from typing import Any

from control import Refused, control
from state import kept

DEFAULTS: dict[str, Any] = {
    # AddTagsToResource on a snapshot of AWS Backup is refused. Whether AWS does so is documented nowhere.
    "refuseBackupSnapshotTags": False,
    # Describe*Snapshots leaves TagList out, as it may for a caller without rds:ListTagsForResource.
    "hideTagLists": False,
    # AWS Backup asks its role for all that AWS's recipe names. Off: for nothing, as for the roles of earlier releases,
    # which had less; whether these were enough is not known.
    "backupRoleJudged": True,
    # Describe*Snapshots shows an account that a snapshot is shared with no id of the database it was taken of.
    "hideResourceIdsOfShared": False,
    # How AWS Backup's snapshots of clusters are typed: "manual" as documented, or "awsbackup".
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html
    "clusterBackupsTyped": "manual",
    # AWS Backup's snapshots of clusters count toward the quota of manual ones.
    "clusterBackupsCount": False,
    # RDS emits nothing for AWS Backup's snapshots of clusters.
    "silentClusterBackups": False,
    # aws:RequestTag is in the context for the source of a copy that is of another account.
    "requestTagOnSource": True,
    # aws:ResourceAccount of a shared snapshot that is copied holds the account that copies it, not the one that owns it.
    "resourceAccountIsCaller": False,
    # A shared snapshot is authorized as one of the account that copies it, so that a Deny on its own snapshots holds for it.
    "sharedSourcesAreOwn": False,
    # A Deny in the policy of the target key keeps RDS from copying, whatever it excepts.
    "denyInKeyBreaksCopies": False,
    # RDS's calls to the key of a foreign source carry kms:ViaService.
    "viaServiceOnCopies": True,
    # A finished copy still needs the key of its source.
    "copiesNeedSourceKey": False,
    # Snapshots of clusters under a key that AWS owns cannot be copied.
    "refuseAwsOwnedKeyCopies": False,
    # How an Aurora cluster is encrypted for which nothing is asked: under a key of AWS ("sse-rds") as documented, or "none".
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
    "newClustersEncrypted": "sse-rds",
    # The refusal of one copy too many speaks of manual snapshots, as that of a full quota does.
    "inFlightSpeaksOfManual": False,
    # AWS Backup selects by tag only under roles with tag:GetResources.
    "tagSelectionNeedsGetResources": False,
    # A plan that names instances by ARN obeys the opt-in of RDS.
    "optInHoldsForNamedInstances": False,
    # EventBridge sends aws:SourceAccount with its calls to the key of a topic.
    "eventBridgeKeyConditions": False,
    # StackSets finds the instance of an account that has moved, by the unit that it was made through.
    "movedInstancesAreFound": True,
    # The resource AWS::CloudFormation::StackSet takes the template of an execution role, whatever the rehearsal has set.
    "stackSetsTakeRoleTemplates": False,
    # An account may have a second analyzer of a type in a Region.
    "secondAnalyzer": False,
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "clusterBackupsTyped": ("manual", "awsbackup"),
    "newClustersEncrypted": ("none", "sse-rds"),
}
_switches: dict[str, Any] = kept("aws-switches", dict(DEFAULTS))


def switch(name: str) -> Any:
    """How a switch stands."""
    return _switches[name]


@control("POST", "/switches")
def _set(what: dict[str, Any]) -> dict[str, Any]:
    for name, value in what.items():
        if name not in DEFAULTS:
            raise Refused(f"there is no switch {name}; there are {', '.join(DEFAULTS)}")
        if value not in CHOICES.get(name, (True, False)):
            raise Refused(f"the switch {name} cannot be {value}")
    _switches.update(what)
    return _switches
