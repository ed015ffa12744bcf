"""Shares and tags snapshots. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html"""

from __future__ import annotations

import re
from typing import Any

from moto.rds.exceptions import SharedSnapshotQuotaExceeded
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from aws_switches import switch
from identity.kms import find_key, is_aws_managed
from operations import operation
from rds.options import unshareable_options
from rds.rules import check_tags, refuse
from rds.snapshots import CLUSTER, INSTANCE, Kind, Snapshot, own

MAX_ACCOUNTS = 20


def _check_shareable(snapshot: Snapshot, accounts: list[str]) -> None:
    invalid = snapshot.kind.invalid_state
    if snapshot.snapshot_type != "manual" or snapshot.of_backup:
        raise refuse(
            invalid, f"A snapshot of type {snapshot.snapshot_type} cannot be shared; copy it and share the copy."
        )
    if snapshot.status != "available":
        raise refuse(invalid, f"The snapshot is {snapshot.status}; only an available snapshot can be shared.")
    if snapshot.kms_key_id and is_aws_managed(find_key(snapshot.account, snapshot.region, snapshot.kms_key_id)):
        raise refuse(invalid, "A snapshot encrypted under the default key aws/rds cannot be shared.")
    if snapshot.encrypted and "all" in accounts:
        raise refuse("InvalidParameterValue", "An encrypted snapshot cannot be made public.")
    if snapshot.kind.cluster and snapshot.engine in ("postgres", "mysql"):
        raise refuse(invalid, "Snapshots of Multi-AZ DB clusters cannot be shared.")
    if options := unshareable_options(snapshot):
        raise refuse(invalid, f"The snapshot's option group holds permanent options: {', '.join(options)}.")


def _modify(call: RDSResponse, kind: Kind) -> dict[str, Any]:
    snapshot = own(call.current_account, call.region, kind, call.params[kind.id_key])
    if call.params["AttributeName"] != "restore":
        raise refuse("InvalidParameterValue", f"Invalid snapshot attribute {call.params['AttributeName']}")
    add, remove = list(call.params.get("ValuesToAdd") or []), list(call.params.get("ValuesToRemove") or [])
    if set(add) & set(remove):
        raise refuse("InvalidParameterCombination", "A value may not appear in both the add list and remove list.")
    if bad := [value for value in add if value != "all" and not re.fullmatch(r"\d{12}", value)]:
        raise refuse("InvalidParameterValue", f"Invalid account: {bad[0]}")
    if add:
        _check_shareable(snapshot, add)
    accounts = [a for a in dict.fromkeys([*snapshot.shared_with, *add]) if a not in remove]
    if len(accounts) > MAX_ACCOUNTS:
        raise SharedSnapshotQuotaExceeded()
    snapshot.shared_with = accounts
    return _attributes(snapshot)


def _attributes(snapshot: Snapshot) -> dict[str, Any]:
    result = snapshot.kind.result
    return {
        f"{result}AttributesResult": {
            snapshot.kind.id_key: snapshot.name,
            f"{result}Attributes": [{"AttributeName": "restore", "AttributeValues": snapshot.shared_with}],
        }
    }


@operation(RDSResponse, "ModifyDBSnapshotAttribute")
def _modify_instance(call: RDSResponse) -> dict[str, Any]:
    return _modify(call, INSTANCE)


@operation(RDSResponse, "ModifyDBClusterSnapshotAttribute")
def _modify_cluster(call: RDSResponse) -> dict[str, Any]:
    return _modify(call, CLUSTER)


@operation(RDSResponse, "DescribeDBSnapshotAttributes")
def _describe_instance(call: RDSResponse) -> dict[str, Any]:
    return _attributes(own(call.current_account, call.region, INSTANCE, call.params["DBSnapshotIdentifier"]))


@operation(RDSResponse, "DescribeDBClusterSnapshotAttributes")
def _describe_cluster(call: RDSResponse) -> dict[str, Any]:
    return _attributes(own(call.current_account, call.region, CLUSTER, call.params["DBClusterSnapshotIdentifier"]))


def _tagged(backend: RDSBackend, arn: str) -> Any:
    parts = arn.split(":", 6)
    if len(parts) != 7 or parts[2] != "rds":
        raise refuse("InvalidParameterValue", f"Invalid resource name: {arn}")
    word, name = parts[5], parts[6]
    for kind in (INSTANCE, CLUSTER):
        if word == kind.word:
            return own(backend.account_id, backend.region_name, kind, arn)
    found = backend._find_resource(word, name) if parts[4] == backend.account_id else None
    if found is None:
        code = {"db": "DBInstanceNotFoundFault", "cluster": "DBClusterNotFoundFault"}.get(word, "InvalidParameterValue")
        raise refuse(code, f"{arn} not found.")
    return found


@operation(RDSResponse, "AddTagsToResource")
def _add_tags(call: RDSResponse) -> None:
    resource = _tagged(call.backend, call.params["ResourceName"])
    if isinstance(resource, Snapshot) and resource.of_backup and switch("refuseBackupSnapshotTags"):
        raise refuse(resource.kind.invalid_state, f"The snapshot {resource.name} is managed by AWS Backup.")
    resource.add_tags(check_tags(call.params["Tags"], resource.tags))


@operation(RDSResponse, "RemoveTagsFromResource")
def _remove_tags(call: RDSResponse) -> None:
    _tagged(call.backend, call.params["ResourceName"]).remove_tags(list(call.params["TagKeys"]))


@operation(RDSResponse, "ListTagsForResource")
def _list_tags(call: RDSResponse) -> dict[str, Any]:
    return {"TagList": list(_tagged(call.backend, call.params["ResourceName"]).tags)}
