"""The records of AWS Backup that moto lacks: selections, jobs, recovery points, opted-in services."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.backup.models import BackupBackend, Plan, Vault, backup_backends
from moto.iam.models import iam_backends
from moto.rds.models import DBInstanceClustered, rds_backends

from aws_switches import switch
from backup.selection import Candidate
from state import registered

OPT_IN = dict.fromkeys(["Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"], True)
CLUSTER_TYPES = {"aurora-mysql": "Aurora", "aurora-postgresql": "Aurora", "docdb": "DocumentDB", "neptune": "Neptune"}
SEED = 20261126


class _Ids:
    """Job ids, the same in every run, so that rehearsals can be compared."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)

    def next(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


IDS = registered("backup-job-ids", _Ids())


@dataclass
class Selection:
    id: str
    plan_id: str
    document: dict[str, Any]
    created: datetime


@dataclass
class RecoveryPoint:
    arn: str
    resource_arn: str
    resource_type: str
    created: datetime
    role_arn: str
    lifecycle: dict[str, Any]
    created_by: dict[str, str]
    encryption_key: str | None
    completed: datetime | None = None
    status: str = "CREATING"


@dataclass
class Job:
    id: str
    account: str
    region: str
    vault: str
    resource_arn: str
    resource_type: str
    role_arn: str
    created: datetime
    created_by: dict[str, str]
    state: str = "RUNNING"
    status_message: str | None = None
    recovery_point_arn: str | None = None
    completed: datetime | None = None
    token: str | None = None
    # What kept AWS Backup from starting it: "role" or "window".
    obstacle: str | None = None


@dataclass
class Store:
    """The records of one account and Region."""

    selections: dict[str, Selection] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    points: dict[str, dict[str, RecoveryPoint]] = field(default_factory=dict)
    opt_in: dict[str, bool] = field(default_factory=lambda: dict(OPT_IN))


_stores: dict[tuple[str, str], Store] = registered("backup", {})


def store(account: str, region: str) -> Store:
    return _stores.setdefault((account, region), Store())


def backend(account: str, region: str) -> BackupBackend:
    return backup_backends[account][region]


def plans(account: str, region: str) -> list[Plan]:
    return [plan for plan in backend(account, region).plans.values() if plan.deletion_date is None]


def vault(account: str, region: str, name: str) -> Vault | None:
    return backend(account, region).vaults.get(name)


def role_exists(arn: str) -> bool:
    account, name = arn.split(":")[4], arn.rsplit("/", 1)[1]
    return any(role.name == name for role in iam_backends[account]["aws"].get_roles())


def candidates(account: str, region: str) -> list[Candidate]:
    """The databases that AWS Backup lists: instances outside clusters, and clusters."""
    rds = rds_backends[account][region]
    instances = [db for db in rds.databases.values() if not isinstance(db, DBInstanceClustered)]
    return [
        *(Candidate(db.arn, _tags(db), "RDS") for db in instances if not db.engine.startswith("custom-")),
        *(Candidate(db.arn, _tags(db), CLUSTER_TYPES.get(db.engine, "RDS")) for db in rds.clusters.values()),
    ]


def _tags(database: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in database.tags}


def backup_type(cluster: bool) -> str:
    """The SnapshotType of a snapshot of AWS Backup."""
    return str(switch("clusterBackupsTyped")) if cluster else "awsbackup"


def database_of(arn: str) -> tuple[Any, bool] | None:
    """The instance or cluster with an ARN, and whether it is a cluster."""
    _, _, _, region, account, word, name = arn.split(":", 6)
    rds = rds_backends[account][region]
    found: Any = rds.clusters.get(name) if word == "cluster" else rds.databases.get(name)
    return (found, word == "cluster") if found is not None else None
