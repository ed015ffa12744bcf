"""Databases: available at once, without unrequested snapshots, under real keys, in every supported engine."""

from __future__ import annotations

import string
from typing import Any

from moto.moto_api._internal import mock_random
from moto.rds import utils
from moto.rds.models import DBCluster, DBInstance, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from aws_switches import switch
from control import control
from rds.rules import check_tags, refuse, usable_key
from rds.windows import windows_for

EXTRA_INSTANCE_ENGINES = ["docdb", "db2-ae", "db2-se"]
DEFAULT_KEY = "alias/aws/rds"


def _resource_id(prefix: str) -> str:
    return prefix + "".join(mock_random.choice(string.ascii_uppercase + string.digits) for _ in range(26))


def _prepare(backend: RDSBackend, wanted: Any) -> None:
    """Checks the tags and sets the ARN of the key: that of the account's AWS managed key when none is named."""
    if wanted.get("Tags"):
        check_tags(wanted["Tags"])
    if wanted.get("StorageEncrypted") or wanted.get("KmsKeyId"):
        wanted["StorageEncrypted"] = True
        wanted["KmsKeyId"] = usable_key(backend.account_id, backend.region_name, wanted.get("KmsKeyId") or DEFAULT_KEY)


def _set_windows(backend: RDSBackend, name: str, wanted: Any) -> None:
    """Sets the windows as AWS does; moto sets the same windows for every database."""
    arn = f"arn:aws:rds:{backend.region_name}:{backend.account_id}:{name}"
    backup, maintenance = windows_for(arn, backend.region_name, wanted)
    wanted["preferred_backup_window"], wanted["preferred_maintenance_window"] = backup, maintenance


def _create_instance(self: RDSBackend, db_kwargs: Any) -> DBInstance:
    if not db_kwargs.get("vpc_security_group_ids"):
        db_kwargs["vpc_security_group_ids"] = ["sg-default"]  # otherwise moto builds a default VPC to find one
    if not db_kwargs.get("db_cluster_identifier"):
        _set_windows(self, f"db:{db_kwargs['db_instance_identifier']}", db_kwargs)
    database = _moto_create_instance(self, db_kwargs)
    database.dbi_resource_id = _resource_id("db-")
    return database


def _create_cluster(self: RDSBackend, kwargs: Any) -> DBCluster:
    if kwargs["db_cluster_identifier"] in self.clusters:
        raise refuse("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    _set_windows(self, f"cluster:{kwargs['db_cluster_identifier']}", kwargs)
    asked = kwargs.get("storage_encrypted") is not None
    cluster = _moto_create_cluster(self, kwargs)
    cluster._status = "available"
    if not cluster.storage_encrypted:
        cluster.kms_key_id = None
        if not asked and cluster.engine.startswith("aurora") and switch("newClustersEncrypted") == "sse-rds":
            cluster.storage_encrypted, cluster.storage_encryption_type = True, "sse-rds"
    return cluster


def _wrap_response(name: str) -> None:
    original = getattr(RDSResponse, name)

    def answer(self: RDSResponse) -> Any:
        _prepare(self.backend, self.params)
        return original(self)

    setattr(RDSResponse, name, answer)


def _or_default(original: Any, default: Any) -> Any:
    """Adds a default value for engines that moto's tables lack."""

    def look_up(*engine: Any, **more: Any) -> Any:
        try:
            return original(*engine, **more)
        except KeyError:
            return default

    return staticmethod(look_up)


class _Versions(dict[str, str]):
    def __missing__(self, engine: str) -> str:
        return "16.4"


@control("POST", "/rds/database")
def _plant(request: dict[str, Any]) -> dict[str, Any]:
    """Sets attributes of a database: status, engine, kmsKeyId, encryption ("sse-rds" or "none")."""
    backend = rds_backends[request["account"]][request["region"]]
    store: Any = backend.databases if request["id"] in backend.databases else backend.clusters
    database, names = (
        store[request["id"]],
        {"encryption": "storage_encryption_type", "kmsKeyId": "kms_key_id", "engine": "engine"},
    )
    for name, value in request["set"].items():
        if name == "encryption":
            database.storage_encrypted, database.kms_key_id = value != "none", None
        setattr(database, names.get(name, name), value)
    return {"arn": database.arn}


_moto_create_instance, _moto_create_cluster = RDSBackend.create_db_instance, RDSBackend.create_db_cluster


def install() -> None:
    RDSBackend.create_db_instance = _create_instance
    RDSBackend.create_db_cluster = _create_cluster
    DBInstance.save_automated_backup = DBCluster.save_automated_backup = lambda _: None
    for name in ("create_db_instance", "create_db_cluster"):
        _wrap_response(name)
    engines = [*utils.DbInstanceEngine.valid_db_instance_engine(), *EXTRA_INSTANCE_ENGINES]
    utils.DbInstanceEngine.valid_db_instance_engine = classmethod(lambda _: engines)
    clusters = [*utils.ClusterEngine.list_cluster_engines(), "docdb"]
    utils.ClusterEngine.list_cluster_engines = classmethod(lambda _: clusters)
    DBInstance.default_engine_versions = _Versions(DBInstance.default_engine_versions)
    DBCluster.default_engine_version = _or_default(DBCluster.default_engine_version, "5.0.0")
    for database, size in ((DBInstance, 20), (DBCluster, 1)):
        database.default_port = _or_default(database.default_port, 27017)
        database.default_allocated_storage = _or_default(database.default_allocated_storage, size)
