"""Lists snapshots and databases: by id or ARN, by type and filters, in pages, for the owner or for another account.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import rds_backends
from moto.rds.responses import RDSResponse

from aws_switches import switch
from operations import operation, page
from rds.rules import limit, refuse
from rds.snapshots import CLUSTER, INSTANCE, Kind, Snapshot, find
from speed.xml_answers import Shown

FILTERS = {
    "db-instance-id": "databaseId",
    "db-cluster-id": "databaseId",
    "dbi-resource-id": "resourceId",
    "db-cluster-resource-id": "resourceId",
    "engine": "engine",
}


def shown(snapshot: Snapshot, viewer: str) -> Shown:
    """A snapshot as the API shows it. Another account sees the ARN as its id, the type `shared`, and no tags."""
    kind, facts, guest = snapshot.kind, snapshot.facts, snapshot.account != viewer
    resource_id = None if guest and switch("hideResourceIdsOfShared") else facts["resourceId"]
    result: dict[str, Any] = {
        kind.id_key: snapshot.arn if guest else snapshot.name,
        kind.database_key: facts["databaseId"],
        f"{kind.result}Arn": snapshot.arn,
        # RDS may leave it out until the snapshot is available, and does not document when. The emulator always does.
        "SnapshotCreateTime": snapshot.created if snapshot.status == "available" else None,
        "Engine": facts["engine"],
        "EngineVersion": facts["engineVersion"],
        "AllocatedStorage": facts["allocatedStorage"],
        "Port": facts["port"],
        "MasterUsername": facts["masterUsername"],
        "LicenseModel": facts["licenseModel"],
        "Status": snapshot.status,
        "PercentProgress": snapshot.percent_progress,
        "KmsKeyId": snapshot.kms_key_id,
        "StorageType": facts["storageType"],
        "SnapshotType": _type(snapshot) if guest else snapshot.snapshot_type,
        "TagList": None if switch("hideTagLists") else [] if guest else [Shown(tag) for tag in snapshot.tags],
        "StorageEncryptionType": facts["encryption"] or ("sse-kms" if snapshot.kms_key_id else "none"),
        "IAMDatabaseAuthenticationEnabled": False,
    }
    if kind.cluster:
        own = {
            "StorageEncrypted": snapshot.encrypted,
            "DbClusterResourceId": resource_id,
            "ClusterCreateTime": facts["databaseCreated"],
            "AvailabilityZones": facts["availabilityZones"],
            "SourceDBClusterSnapshotArn": snapshot.source_arn if _is_copied_from_elsewhere(snapshot) else None,
        }
        return Shown(result | own)
    own = {
        "Encrypted": snapshot.encrypted,
        "DbiResourceId": resource_id,
        "Iops": facts["iops"],
        "InstanceCreateTime": facts["databaseCreated"],
        "AvailabilityZone": facts["availabilityZones"][0],
        "OptionGroupName": facts["optionGroup"],
        "SnapshotTarget": "region",
        "OriginalSnapshotCreateTime": snapshot.originally_created,
        "SourceDBSnapshotIdentifier": snapshot.source_arn if _is_copied_from_elsewhere(snapshot) else None,
        "SourceRegion": str(snapshot.source_arn).split(":")[3] if _is_copied_from_elsewhere(snapshot) else None,
    }
    return Shown(result | own)


def _type(snapshot: Snapshot) -> str:
    return "public" if "all" in snapshot.shared_with else "shared"


def _is_copied_from_elsewhere(snapshot: Snapshot) -> bool:
    """Whether the source is in another account or Region: only then does the API show it."""
    return bool(snapshot.source_arn) and str(snapshot.source_arn).split(":")[3:5] != [snapshot.region, snapshot.account]


def _guests(account: str, region: str, kind: Kind) -> list[Snapshot]:
    """Snapshots that other accounts share with this one, in the same Region."""
    others = [
        backends[region]
        for owner, backends in list(rds_backends.items())
        # not `region in backends`: moto answers that for every Region that exists
        if owner != account and region in backends.keys()  # noqa: SIM118
    ]
    return [s for backend in others for s in kind.store(backend).values() if account in s.shared_with]


def _candidates(call: RDSResponse, kind: Kind, identifier: str | None, wanted: str | None) -> list[Snapshot]:
    account, region = call.current_account, call.region
    with_guests = wanted == "shared" or call.params.get("IncludeShared")
    if identifier:
        found = find(account, region, kind, identifier)
        if found.account != account and not with_guests and wanted != "public":
            raise refuse(kind.not_found, f"{kind.result} {identifier} not found.")
        return [found]
    everything = list(kind.store(call.backend).values())
    return everything + (_guests(account, region, kind) if with_guests else [])


def _fits_type(snapshot: Snapshot, account: str, wanted: str | None, by_name: bool, include_shared: bool) -> bool:
    """Without a type AWS lists automated and manual snapshots, and for clusters also those of AWS Backup."""
    if snapshot.account != account:
        return wanted in ("shared", "public") or (include_shared and wanted is None)
    if wanted is None:
        return by_name or snapshot.kind.cluster or snapshot.snapshot_type in ("manual", "automated")
    return snapshot.snapshot_type == wanted


def _matches(snapshot: Snapshot, filters: list[dict[str, Any]]) -> bool:
    for entry in filters:
        name, values = entry["Name"], [str(value).rsplit(":", 1)[-1] for value in entry["Values"]]
        if name in FILTERS:
            if snapshot.facts[FILTERS[name]] not in values:
                return False
        elif name in ("db-snapshot-id", "db-cluster-snapshot-id"):
            if snapshot.name not in entry["Values"] and snapshot.arn not in entry["Values"]:
                return False
        elif name == "snapshot-type":
            if snapshot.snapshot_type not in values:
                return False
        else:
            raise refuse("InvalidParameterValue", f"Unrecognized filter name: {name}")
    return True


def _page_size(call: RDSResponse) -> int:
    size = int(call.params.get("MaxRecords") or 100)
    if not 20 <= size <= 100:
        raise refuse("InvalidParameterValue", f"Invalid value {size} for MaxRecords. Must be between 20 and 100")
    return size


def _describe(call: RDSResponse, kind: Kind) -> dict[str, Any]:
    wanted, filters = call.params.get("SnapshotType"), call.params.get("Filters", [])
    if wanted not in (None, "manual", "automated", "awsbackup", "shared", "public"):
        raise refuse("InvalidParameterValue", f"Invalid snapshot type: {wanted}")
    if wanted == "awsbackup" and kind.cluster and switch("clusterBackupsTyped") == "manual":
        # No such type for clusters:
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
        raise refuse("InvalidParameterValue", f"Invalid snapshot type: {wanted}")
    identifier, database = call.params.get(kind.id_key), call.params.get(kind.database_key)
    typed = wanted or ("any" if any(entry["Name"] == "snapshot-type" for entry in filters) else None)
    found = [
        s
        for s in _candidates(call, kind, identifier, wanted)
        if (
            typed == "any"
            or _fits_type(s, call.current_account, wanted, bool(identifier), bool(call.params.get("IncludeShared")))
        )
        and (not database or s.facts["databaseId"] == str(database).rsplit(":", 1)[-1])
        and _matches(s, filters)
    ]
    if identifier and not found:
        raise refuse(kind.not_found, f"{kind.result} {identifier} not found.")
    listed, marker = page(found, _page_size(call), call.params.get("Marker"))
    return {f"{kind.result}s": [shown(s, call.current_account) for s in listed], "Marker": marker}


@operation(RDSResponse, "DescribeDBSnapshots")
def _describe_instance_snapshots(call: RDSResponse) -> dict[str, Any]:
    return _describe(call, INSTANCE)


@operation(RDSResponse, "DescribeDBClusterSnapshots")
def _describe_cluster_snapshots(call: RDSResponse) -> dict[str, Any]:
    return _describe(call, CLUSTER)


def _check_region(call: RDSResponse) -> None:
    """Treats a Region that moto does not know as one that the account has not enabled: RDS refuses its credentials."""
    if call.region not in rds_backends[call.current_account].regions:
        raise refuse("InvalidClientTokenId", "The security token included in the request is invalid.")


@operation(RDSResponse, "DescribeDBInstances")
def _describe_instances(call: RDSResponse) -> dict[str, Any]:
    _check_region(call)
    filters = {entry["Name"]: entry["Values"] for entry in call.params.get("Filters", [])}
    found = call.backend.describe_db_instances(call.params.get("DBInstanceIdentifier"), filters)
    listed, marker = page(found, _page_size(call), call.params.get("Marker"))
    return {"DBInstances": listed, "Marker": marker}


@operation(RDSResponse, "DescribeDBClusters")
def _describe_clusters(call: RDSResponse) -> dict[str, Any]:
    _check_region(call)
    filters = {entry["Name"]: entry["Values"] for entry in call.params.get("Filters", [])}
    found = call.backend.describe_db_clusters(call.params.get("DBClusterIdentifier"), filters)
    listed, marker = page(found, _page_size(call), call.params.get("Marker"))
    return {"DBClusters": listed, "Marker": marker}


@operation(RDSResponse, "DescribeAccountAttributes")
def _quotas(call: RDSResponse) -> dict[str, Any]:
    """The quotas that the emulator enforces, with their use; other quotas are left out.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeAccountAttributes.html
    """
    backend = rds_backends[call.current_account][call.region]
    quotas = (
        (INSTANCE, "ManualSnapshots", "manualSnapshotQuota"),
        (CLUSTER, "ManualClusterSnapshots", "manualClusterSnapshots"),
    )
    used = {kind: sum(1 for s in kind.store(backend).values() if s.counts) for kind in (INSTANCE, CLUSTER)}
    listed = [
        {"AccountQuotaName": name, "Used": used[kind], "Max": limit(backend, limit_name)}
        for kind, name, limit_name in quotas
    ]
    return {"AccountQuotas": listed}
