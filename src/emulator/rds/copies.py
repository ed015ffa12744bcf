"""Creates, copies and deletes snapshots: which copies RDS allows, under which key, and how long they take.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html

Longer than most: each operation has an entry for instances and one for clusters, as in RDS.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from moto.rds.models import RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from aws_switches import switch
from clock import CLOCK
from control import control
from identity.aws_roles import denies, may, role_of
from identity.kms import watch
from operations import operation
from rds import grants as rds_grants
from rds.describes import shown
from rds.events import emit_snapshot_event
from rds.options import check_option_group
from rds.rules import check_name, check_room, check_slots, check_tags, refuse, target_key
from rds.snapshots import CLUSTER, INSTANCE, KINDS, Kind, Snapshot, by_arn, find, own, take
from state import registered

DEFAULT_COPY_SECONDS = 600
DEFAULT_CREATE_SECONDS = 60
_durations: dict[str, Any] = registered(
    "rds-durations",
    {
        "defaultSeconds": DEFAULT_COPY_SECONDS,
        "createSeconds": DEFAULT_CREATE_SECONDS,
        "byDatabase": {},
    },
)


def _lane(snapshot: Snapshot) -> tuple[str, ...]:
    """Copies of one database into one account and Region run one after the other: they are in the same lane."""
    return (snapshot.account, snapshot.region, snapshot.facts["account"], snapshot.facts["resourceId"])


def _copies() -> list[Snapshot]:
    stores = [kind.store(backend) for _, _, backend in list(rds_backends.iter_backends()) for kind in KINDS]
    return [s for store in stores for s in store.values() if s.source_arn and s.status == "creating"]


def in_progress(snapshot: Snapshot, seconds: float, finished: Callable[[], None]) -> None:
    """Schedules the completion of a snapshot, without effect when it is deleted or has failed by then."""
    snapshot.started, snapshot.due = CLOCK.now(), CLOCK.now() + timedelta(seconds=seconds)
    CLOCK.after(seconds, partial(_end, snapshot, finished))


def _end(snapshot: Snapshot, finished: Callable[[], None]) -> None:
    if by_arn(snapshot.arn) is snapshot and snapshot.status == "creating":
        snapshot.status = "available"
        finished()


def _start_next(lane: tuple[str, ...]) -> None:
    waiting = [copy for copy in _copies() if _lane(copy) == lane]
    if waiting and not any(copy.started for copy in waiting):
        _start(waiting[0])


def _start(snapshot: Snapshot) -> None:
    seconds = _durations["byDatabase"].get(snapshot.facts["databaseId"], _durations["defaultSeconds"])
    in_progress(snapshot, seconds, partial(_copied, snapshot))


def _copied(snapshot: Snapshot) -> None:
    rds_grants.retire(snapshot)
    if not snapshot.kind.cluster:
        emit_snapshot_event(snapshot, "RDS-EVENT-0197" if _same_region(snapshot) else "RDS-EVENT-0060")
    _start_next(_lane(snapshot))


def _same_region(snapshot: Snapshot) -> bool:
    return str(snapshot.source_arn).split(":")[3] == snapshot.region


def fail(snapshot: Snapshot) -> None:
    """Fails a copy and starts the next one in its lane."""
    snapshot.halted_at, snapshot.status = snapshot.percent_progress, "failed"
    rds_grants.retire(snapshot)
    if not snapshot.kind.cluster:
        emit_snapshot_event(snapshot, "RDS-EVENT-0190" if _same_region(snapshot) else "RDS-EVENT-0061")
    _start_next(_lane(snapshot))


@watch
def _fail_without_keys() -> None:
    """Fails each copy, started or waiting, whose keys RDS can no longer use."""
    for copy in _copies():
        if not rds_grants.are_usable(copy):
            fail(copy)


def _copy(backend: RDSBackend, kind: Kind, wanted: Any) -> Snapshot:
    source_key, target = f"Source{kind.id_key}", str(wanted[f"Target{kind.id_key}"])
    check_name(kind, f"Target{kind.id_key}", target)
    tags = check_tags(wanted.get("Tags"))
    source = find(backend.account_id, backend.region_name, kind, wanted[source_key])
    if target in kind.store(backend):
        raise refuse(
            kind.already_exists,
            f"Cannot create the snapshot because a snapshot with the identifier {target} already exists.",
        )
    _check_copyable(source)
    if wanted.get("CopyTags") and not tags and source.account == backend.account_id:
        tags = check_tags(source.tags)
    check_option_group(backend, source, wanted.get("OptionGroupName"))
    key = target_key(backend, source, wanted.get("KmsKeyId"))
    check_room(backend, kind)
    check_slots(backend, kind)
    copy = Snapshot(
        kind,
        backend.account_id,
        backend.region_name,
        target,
        "manual",
        source.database,
        {**source.facts, "encryption": None if key else source.facts["encryption"], "sourceKey": source.kms_key_id},
        key,
        CLOCK.now(),
        source.originally_created,
        source_arn=source.arn,
    )
    copy.tags = tags
    if wanted.get("OptionGroupName"):
        copy.facts["optionGroup"] = wanted["OptionGroupName"]
    kind.store(backend)[target] = copy
    rds_grants.make(copy, source)
    if not kind.cluster:
        emit_snapshot_event(copy, "RDS-EVENT-0196" if _same_region(copy) else "RDS-EVENT-0059")
    _start_next(_lane(copy))
    return copy


def _check_copyable(source: Snapshot) -> None:
    if source.status != "available":
        raise refuse(source.kind.invalid_state, f"The source snapshot {source.name} is {source.status}, not available.")
    if source.kind.cluster and source.engine in ("postgres", "mysql"):
        raise refuse(source.kind.invalid_state, "Snapshots of Multi-AZ DB clusters cannot be copied.")
    if source.engine.startswith("custom-"):
        raise refuse(source.kind.invalid_state, "Snapshots of RDS Custom databases cannot be copied.")


def _create(call: RDSResponse, kind: Kind, database: Any, name: str) -> Snapshot:
    check_name(kind, kind.id_key, name)
    tags = check_tags(call.params.get("Tags"))
    if name in kind.store(call.backend):
        raise refuse(
            kind.already_exists,
            f"Cannot create the snapshot because a snapshot with the identifier {name} already exists.",
        )
    check_room(call.backend, kind)
    if not tags and database.copy_tags_to_snapshot:
        tags = [tag for tag in database.tags if not tag["Key"].startswith("aws:")]
    snapshot = take(database, kind.cluster, name, "manual", tags)
    emit_snapshot_event(snapshot, "RDS-EVENT-0074" if kind.cluster else "RDS-EVENT-0040")
    made = partial(emit_snapshot_event, snapshot, "RDS-EVENT-0075" if kind.cluster else "RDS-EVENT-0042")
    in_progress(snapshot, _durations["createSeconds"], made)
    return snapshot


def delete(snapshot: Snapshot) -> None:
    """Deletes a snapshot; copies of it in progress fail."""
    del snapshot.kind.store(rds_backends[snapshot.account][snapshot.region])[snapshot.name]
    for copy in _copies():
        if copy.source_arn == snapshot.arn:
            fail(copy)
    rds_grants.retire(snapshot)
    if snapshot.source_arn and snapshot.status == "creating":
        _start_next(_lane(snapshot))
    if not snapshot.kind.cluster:
        emit_snapshot_event(snapshot, "RDS-EVENT-0041")


def _delete(call: RDSResponse, kind: Kind) -> dict[str, Any]:
    snapshot = own(call.current_account, call.region, kind, call.params[kind.id_key])
    if snapshot.snapshot_type != "manual" or snapshot.of_backup:
        raise refuse(
            kind.invalid_state, f"Snapshots of type {snapshot.snapshot_type} cannot be deleted with this call."
        )
    # Assumption (copies-in-final-error-states-can-be-deleted): a snapshot that will never be available can be deleted,
    # as one that is `failed` can; AWS documents only `available`.
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSnapshot.html
    if snapshot.status not in ("available", "failed", "creating", "error", "incompatible-restore"):
        raise refuse(kind.invalid_state, f"The snapshot is {snapshot.status}.")
    result = shown(snapshot, call.current_account)
    delete(snapshot)
    return {kind.result: {**result, "Status": "deleted"}}


def _check_source(call: RDSResponse, kind: Kind) -> None:
    """Authorizes the source of a copy, as RDS does; the tags of the request may be missing in the context for it."""
    source, role = str(call.params[f"Source{kind.id_key}"]), role_of(call)
    foreign = source.startswith("arn:") and source.split(":")[4] != call.current_account
    action = f"rds:Copy{kind.result}"
    if not foreign or not role:
        return
    # What the switches change for an assumed role; the rehearsal judges the rest.
    as_own = ":".join([*source.split(":")[:4], call.current_account, *source.split(":")[5:]])
    refused = (
        (not switch("requestTagOnSource") and not may(role, action, source, "aws:RequestTag/"))
        or (switch("resourceAccountIsCaller") and not may(role, action, source, "aws:ResourceAccount"))
        or (switch("sharedSourcesAreOwn") and denies(role, action, as_own))
    )
    if refused:
        raise refuse("AccessDenied", f"{role} is not authorized to perform: {action} on resource: {source}")


@operation(RDSResponse, "CopyDBSnapshot")
def _copy_instance(call: RDSResponse) -> dict[str, Any]:
    _check_source(call, INSTANCE)
    return {"DBSnapshot": shown(_copy(call.backend, INSTANCE, call.params), call.current_account)}


@operation(RDSResponse, "CopyDBClusterSnapshot")
def _copy_cluster(call: RDSResponse) -> dict[str, Any]:
    _check_source(call, CLUSTER)
    return {"DBClusterSnapshot": shown(_copy(call.backend, CLUSTER, call.params), call.current_account)}


@operation(RDSResponse, "CreateDBSnapshot")
def _create_instance_snapshot(call: RDSResponse) -> dict[str, Any]:
    database = call.backend.describe_db_instances(call.params["DBInstanceIdentifier"])[0]
    return {
        "DBSnapshot": shown(
            _create(call, INSTANCE, database, call.params["DBSnapshotIdentifier"]), call.current_account
        )
    }


@operation(RDSResponse, "CreateDBClusterSnapshot")
def _create_cluster_snapshot(call: RDSResponse) -> dict[str, Any]:
    database = call.backend.describe_db_clusters(call.params["DBClusterIdentifier"])[0]
    made = _create(call, CLUSTER, database, call.params["DBClusterSnapshotIdentifier"])
    return {"DBClusterSnapshot": shown(made, call.current_account)}


@operation(RDSResponse, "DeleteDBSnapshot")
def _delete_instance_snapshot(call: RDSResponse) -> dict[str, Any]:
    return _delete(call, INSTANCE)


@operation(RDSResponse, "DeleteDBClusterSnapshot")
def _delete_cluster_snapshot(call: RDSResponse) -> dict[str, Any]:
    return _delete(call, CLUSTER)


@control("POST", "/rds/durations")
def _set_durations(request: dict[str, Any]) -> dict[str, Any]:
    _durations["byDatabase"].update(request.get("byDatabase", {}))
    _durations.update({key: request[key] for key in ("defaultSeconds", "createSeconds") if key in request})
    return _durations
