"""Permanent options of a snapshot: those that prevent sharing, and those that a copy in another account also needs.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
"""

from __future__ import annotations

from moto.rds.models import RDSBackend

from rds.rules import refuse
from rds.snapshots import Snapshot

PERMANENT = {"TDE", "TDE_HSM", "Timezone", "OLS", "NATIVE_NETWORK_ENCRYPTION", "TRANSPARENT_DATA_ENCRYPTION"}
SHAREABLE_WITH_ORACLE = {"Timezone", "OLS"}


def unshareable_options(snapshot: Snapshot) -> list[str]:
    options = set(snapshot.facts["options"]) & PERMANENT
    if snapshot.engine.startswith("oracle"):
        options -= SHAREABLE_WITH_ORACLE
    return sorted(options)


def check_option_group(backend: RDSBackend, source: Snapshot, group_name: str | None) -> None:
    """A named option group must exist; for a snapshot of another account it must have the permanent options."""
    group = backend.option_groups.get(group_name) if group_name else None
    if group_name and group is None:
        raise refuse("OptionGroupNotFoundFault", f"Specified OptionGroupName: {group_name} not found.")
    needed = sorted(set(source.facts["options"]) & PERMANENT)
    if source.account == backend.account_id or not needed:
        return
    present = {option["OptionName"] for option in group.options} if group else set()
    if not set(needed) <= present:
        wanted = ", ".join(needed)
        raise refuse(
            "InvalidParameterValue",
            f"The snapshot requires a target option group with the following options: [{wanted}]",
        )
