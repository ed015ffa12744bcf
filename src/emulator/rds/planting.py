"""Sets attributes of snapshots through the control API: states that RDS does not reach by itself, or only later."""

from __future__ import annotations

from typing import Any

from moto.rds.models import rds_backends

from clock import CLOCK, parse_iso
from control import Refused, control
from rds.copies import fail
from rds.snapshots import KINDS, Snapshot, by_arn, take


@control("POST", "/rds/snapshot")
def _plant(request: dict[str, Any]) -> dict[str, Any]:
    """Sets attributes of a snapshot: its status, key, tags, time, or a fact that it took over from its database."""
    snapshot = by_arn(request["id"]) if request["id"].startswith("arn:") else None
    if snapshot is None:
        backend = rds_backends[request["account"]][request["region"]]
        stores = [kind.store(backend) for kind in KINDS]
        snapshot = next((store[request["id"]] for store in stores if request["id"] in store), None)
    if snapshot is None:
        raise Refused(f"there is no snapshot {request['id']}", 404)
    for name, value in request["set"].items():
        _set(snapshot, name, value)
    return {"arn": snapshot.arn, "status": snapshot.status}


@control("POST", "/rds/automated-snapshot")
def _automated(request: dict[str, Any]) -> dict[str, Any]:
    """Takes an automated backup of a database now, with RDS's name, and with its tags where it copies them."""
    backend = rds_backends[request["account"]][request["region"]]
    cluster = request["id"] in backend.clusters
    database = (backend.clusters if cluster else backend.databases)[request["id"]]
    tags = [tag for tag in database.tags if not tag["Key"].startswith("aws:")] if database.copy_tags_to_snapshot else []
    name = f"rds:{request['id']}-{CLOCK.now():%Y-%m-%d-%H-%M}"
    snapshot = take(database, cluster, name, "automated", tags)
    snapshot.status = "available"
    return {"arn": snapshot.arn}


def _set(snapshot: Snapshot, name: str, value: Any) -> None:
    if name == "status" and value == "failed" and snapshot.status == "creating" and snapshot.source_arn:
        fail(snapshot)
    elif name == "status":
        snapshot.status = value
    elif name in ("created", "originallyCreated"):
        setattr(snapshot, {"created": "created", "originallyCreated": "originally_created"}[name], parse_iso(value))
    elif name == "kmsKeyId":
        snapshot.kms_key_id = value
    elif name == "encrypted":
        snapshot.kms_key_id = snapshot.kms_key_id if value else None
    elif name == "snapshotType":
        snapshot.snapshot_type = value
    elif name == "sharedWith":
        snapshot.shared_with = list(value)
    elif name == "tags":
        snapshot.tags = [{"Key": key, "Value": text} for key, text in value.items()]
    elif name in snapshot.facts:
        snapshot.facts[name] = value
    else:
        raise ValueError(f"a snapshot has no {name}; it has {', '.join(sorted(snapshot.facts))}")
