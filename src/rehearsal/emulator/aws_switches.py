"""Switches for behavior of AWS that is not documented, or that depends on what a test cannot show otherwise.

Each default is what AWS documents, or else the stricter of what it may do.
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
    # A backup of an instance that is to start in the hour before or during its maintenance window, or during its backup
    # window, fails as AWS documents. Off by default: the emulated databases' windows are moto's, of no Region.
    "windowsKept": False,
    # How AWS Backup's snapshots of clusters are typed: "manual" as documented, or "awsbackup".
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html
    "clusterBackupsTyped": "manual",
}
CHOICES: dict[str, tuple[Any, ...]] = {"clusterBackupsTyped": ("manual", "awsbackup")}
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
