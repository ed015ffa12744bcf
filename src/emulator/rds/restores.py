"""Restores and exports of snapshots: moto carries them out, and finds the snapshots through this module.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.models import ExportTask, RDSBackend

from rds.rules import check_name, refuse
from rds.snapshots import CLUSTER, INSTANCE, Kind, Snapshot, find, take


def _restorable(backend: RDSBackend, kind: Kind, identifier: str) -> Snapshot:
    """A snapshot that can be restored; a shared encrypted snapshot of an instance must be copied first."""
    snapshot = find(backend.account_id, backend.region_name, kind, identifier)
    if snapshot.status != "available":
        raise refuse(kind.invalid_state, f"The snapshot is {snapshot.status}.")
    if snapshot.account != backend.account_id and snapshot.encrypted and not kind.cluster:
        raise refuse(kind.invalid_state, "A shared encrypted snapshot cannot be restored; copy it first.")
    return snapshot


def _look_up(kind: Kind) -> Callable[..., list[Snapshot]]:
    """The look-up that moto's code calls: one snapshot by its name, or those of a database by their type."""

    def look_up(
        self: RDSBackend,
        database: str | None = None,
        name: str | None = None,
        snapshot_type: str | None = None,
        **more: Any,
    ) -> list[Snapshot]:
        name = name or more.get("db_snapshot_identifier")
        if name:
            return [_restorable(self, kind, name)]
        database = database or more.get("db_instance_identifier") or more.get("db_cluster_identifier")
        return [
            s
            for s in kind.store(self).values()
            if database in (None, s.facts["databaseId"]) and snapshot_type in (None, s.snapshot_type)
        ]

    return look_up


def _final(kind: Kind) -> Callable[..., Snapshot]:
    """The final snapshot of a database that is deleted or stopped."""

    def take_final(self: RDSBackend, database: str, name: str, snapshot_type: str = "manual", **_: Any) -> Snapshot:
        check_name(kind, kind.id_key, name)
        store: Any = self.clusters if kind.cluster else self.databases
        snapshot = take(store[database], kind.cluster, name, snapshot_type, [])
        snapshot.status = "available"
        return snapshot

    return take_final


def _export(self: ExportTask, backend: RDSBackend, snapshot: Snapshot, kwargs: dict[str, Any]) -> None:
    _moto_export(self, backend, snapshot, kwargs)
    self.status = "COMPLETE"
    self.source_type = "CLUSTER" if snapshot.kind.cluster else "SNAPSHOT"


_moto_export = ExportTask.__init__


def install() -> None:
    RDSBackend.describe_db_snapshots = _look_up(INSTANCE)
    RDSBackend.describe_db_cluster_snapshots = _look_up(CLUSTER)
    RDSBackend.create_db_snapshot = _final(INSTANCE)
    RDSBackend.create_db_cluster_snapshot = _final(CLUSTER)
    RDSBackend.extract_snapshot_name_from_arn = lambda _, arn: arn
    ExportTask.__init__ = _export
