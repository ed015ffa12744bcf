"""RDS snapshots of instances and clusters: one type of record for both, in moto's own stores.

moto's tags, exports and restores find these records in its stores. What AWS does across accounts is in the modules
that build on this one (copies, shares, describes).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend, TaggingMixin, rds_backends

from aws_switches import switch
from clock import CLOCK


@dataclass(frozen=True)
class Kind:
    """The differences between snapshots of instances and of clusters: names in the API, errors, limits."""

    word: str
    result: str
    id_key: str
    database_key: str
    max_name_length: int
    cluster: bool

    @property
    def not_found(self) -> str:
        return f"{self.result}NotFoundFault"

    @property
    def already_exists(self) -> str:
        return f"{self.result}AlreadyExistsFault"

    @property
    def invalid_state(self) -> str:
        return f"Invalid{self.result}StateFault"

    def store(self, backend: RDSBackend) -> Any:
        return backend.cluster_snapshots if self.cluster else backend.database_snapshots


INSTANCE = Kind("snapshot", "DBSnapshot", "DBSnapshotIdentifier", "DBInstanceIdentifier", 255, False)
CLUSTER = Kind("cluster-snapshot", "DBClusterSnapshot", "DBClusterSnapshotIdentifier", "DBClusterIdentifier", 63, True)
KINDS = (INSTANCE, CLUSTER)


@dataclass(eq=False)
class Snapshot(TaggingMixin):
    """One snapshot. `facts` holds the attributes that it took over from its database; every copy has them too."""

    kind: Kind
    account: str
    region: str
    name: str
    snapshot_type: str
    database: Any
    facts: dict[str, Any]
    kms_key_id: str | None
    created: datetime
    originally_created: datetime
    status: str = "creating"
    started: datetime | None = None
    due: datetime | None = None
    halted_at: int | None = None
    source_arn: str | None = None
    shared_with: list[str] = field(default_factory=list)
    # While RDS makes this copy: its keys and the grants on them.
    grants: list[tuple[str, str]] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return f"arn:aws:rds:{self.region}:{self.account}:{self.kind.word}:{self.name}"

    @property
    def of_backup(self) -> bool:
        """Whether AWS Backup created it, judged by its name, not by its type."""
        return self.name.startswith("awsbackup:")

    @property
    def counts(self) -> bool:
        """Whether it counts toward the quota of manual snapshots; snapshots of AWS Backup do not.

        https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html
        """
        if self.of_backup:
            return self.kind.cluster and bool(switch("clusterBackupsCount"))
        return self.snapshot_type == "manual"

    @property
    def cluster(self) -> Any:
        return self.database

    @property
    def encrypted(self) -> bool:
        return bool(self.kms_key_id) or self.facts["encryption"] == "sse-rds"

    @property
    def allocated_storage(self) -> int:
        return int(self.facts["allocatedStorage"])

    @property
    def engine(self) -> str:
        return str(self.facts["engine"])

    @property
    def percent_progress(self) -> int:
        """The progress of a snapshot; 0 while it waits."""
        if self.status == "available":
            return 100
        if self.halted_at is not None:
            return self.halted_at
        if not self.started or not self.due or self.due <= self.started:
            return 0
        return int(100 * (CLOCK.now() - self.started) / (self.due - self.started))

    def own_tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.tags}


def facts_of(database: Any, cluster: bool) -> dict[str, Any]:
    """The attributes of the database that a snapshot takes over when it is created."""
    return {
        "databaseId": database.db_cluster_identifier if cluster else database.db_instance_identifier,
        "resourceId": database.db_cluster_resource_id if cluster else database.dbi_resource_id,
        "engine": database.engine,
        "engineVersion": database.engine_version,
        "port": database.port,
        "masterUsername": database.master_username,
        "allocatedStorage": database.allocated_storage,
        "databaseCreated": database.created,
        "licenseModel": database.license_model,
        "storageType": database.storage_type,
        "iops": database.iops,
        "optionGroup": database.option_group_name,
        "availabilityZones": list(database.availability_zones) if cluster else [database.availability_zone],
        "options": _options(database),
        "encryption": getattr(database, "storage_encryption_type", None),
        "account": database.backend.account_id,
    }


def _options(database: Any) -> list[str]:
    group = database.backend.option_groups.get(database.option_group_name)
    return [option["OptionName"] for option in (group.options if group else [])]


def take(database: Any, cluster: bool, name: str, snapshot_type: str, tags: list[dict[str, str]]) -> Snapshot:
    """Starts a snapshot of a database in its account, under the key of the database."""
    backend, kind = database.backend, CLUSTER if cluster else INSTANCE
    snapshot = Snapshot(
        kind,
        backend.account_id,
        backend.region_name,
        name,
        snapshot_type,
        copy.copy(database),
        facts_of(database, cluster),
        database.kms_key_id if database.storage_encrypted else None,
        CLOCK.now(),
        CLOCK.now(),
    )
    snapshot.tags = tags
    kind.store(backend)[name] = snapshot
    return snapshot


def find(account: str, region: str, kind: Kind, identifier: str) -> Snapshot:
    """A snapshot by its name, or by the ARN of one that the account owns or that is shared with it."""
    owner, name = account, identifier
    if identifier.startswith("arn:"):
        _, _, _, region, owner, word, name = identifier.split(":", 6)
        if word != kind.word:
            raise RDSClientError("InvalidParameterValue", f"Invalid snapshot identifier:  {identifier}")
    snapshot = kind.store(rds_backends[owner][region]).get(name)
    if snapshot is None or not may_see(account, snapshot):
        raise RDSClientError(kind.not_found, f"{kind.result} {identifier} not found.")
    return snapshot


def may_see(account: str, snapshot: Snapshot) -> bool:
    return snapshot.account == account or bool({account, "all"} & set(snapshot.shared_with))


def own(account: str, region: str, kind: Kind, identifier: str) -> Snapshot:
    snapshot = find(account, region, kind, identifier)
    if snapshot.account != account:
        raise RDSClientError(kind.not_found, f"{kind.result} {identifier} not found.")
    return snapshot


def by_arn(arn: str) -> Snapshot | None:
    """The snapshot with an ARN, in any account; for the emulator itself."""
    _, _, _, region, account, word, name = arn.split(":", 6)
    kind = next(kind for kind in KINDS if kind.word == word)
    return kind.store(rds_backends[account][region]).get(name)
