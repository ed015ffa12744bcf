"""Buckets, tables and logs, as CloudFormation creates them, and updates them without loss of their content."""

from __future__ import annotations

import json
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.iam.access_control import PermissionResult
from moto.logs.models import logs_backends
from moto.s3.models import FakeBucket, s3_backends

from resources.types import (
    MotoType,
    Place,
    Resource,
    ResourceFailed,
    ResourceType,
    moto_model,
    resource_type,
    tags_of,
    truthy,
)

# moto would judge by the policy of the bucket, without its conditions. In Checkvalve the rehearsal judges permissions.
FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL


@resource_type("AWS::S3::Bucket")
class Bucket(MotoType):
    def __init__(self) -> None:
        super().__init__(moto_model("AWS::S3::Bucket"))

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        name = (properties.get("BucketName") or place.name(None, 63)).lower()
        if any(name in account["aws"].buckets for account in s3_backends.values()):
            raise ResourceFailed(f"{name} already exists")
        return self.update(place, self._make(place, name, properties), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        backend = s3_backends[place.account]["aws"]
        versioning = properties.get("VersioningConfiguration", {}).get("Status")
        if truthy(properties.get("ObjectLockEnabled")):
            resource.object_lock_enabled, versioning = True, "Enabled"
            rule = properties.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention")
            if rule:
                resource.default_lock_mode = rule["Mode"]
                resource.default_lock_days = int(rule.get("Days", 0))
                resource.default_lock_years = int(rule.get("Years", 0))
        if versioning:
            backend.put_bucket_versioning(resource.name, versioning)
        if "PublicAccessBlockConfiguration" in properties:
            block = {k: str(v).lower() for k, v in properties["PublicAccessBlockConfiguration"].items()}
            backend.put_public_access_block(resource.name, block)
        if "Tags" in properties:
            backend.put_bucket_tagging(resource.name, tags_of(properties))
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        if resource.keys:
            raise ResourceFailed("The bucket you tried to delete is not empty")
        s3_backends[place.account]["aws"].delete_bucket(resource.name)


@resource_type("AWS::S3::BucketPolicy")
class BucketPolicy(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        return self.update(place, Resource(properties["Bucket"]), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        policy = json.dumps(properties["PolicyDocument"]).encode()
        s3_backends[place.account]["aws"].put_bucket_policy(properties["Bucket"], policy)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        if properties["Bucket"] in s3_backends[place.account]["aws"].buckets:
            s3_backends[place.account]["aws"].delete_bucket_policy(properties["Bucket"])


@resource_type("AWS::DynamoDB::Table")
class Table(MotoType):
    def __init__(self) -> None:
        super().__init__(moto_model("AWS::DynamoDB::Table"))

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        return self.update(
            place, self._make(place, place.name(properties.get("TableName"), 255), properties), properties, {}
        )

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if old and any(old.get(key) != properties.get(key) for key in ("KeySchema", "TableName")):
            raise ResourceFailed(
                "A change of the key or the name replaces the table; the emulator does not delete the old one."
            )
        backend = dynamodb_backends[place.account][place.region]
        recovery = properties.get("PointInTimeRecoverySpecification", {})
        enabled = truthy(recovery.get("PointInTimeRecoveryEnabled"))
        backend.update_continuous_backups(resource.name, {"PointInTimeRecoveryEnabled": enabled})
        lifetime = properties.get("TimeToLiveSpecification")
        if lifetime:
            backend.update_time_to_live(resource.name, lifetime)
        resource.deletion_protection_enabled = truthy(properties.get("DeletionProtectionEnabled"))
        resource.tags = [{"Key": key, "Value": value} for key, value in tags_of(properties).items()]
        return resource


@resource_type("AWS::Logs::LogGroup")
class LogGroup(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        name = place.name(properties.get("LogGroupName"), 512)
        made = logs_backends[place.account][place.region].create_log_group(name, tags_of(properties))
        return self.update(place, made, properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        days = properties.get("RetentionInDays")
        resource.set_retention_policy(str(days) if days else None)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        logs_backends[place.account][place.region].groups.pop(resource.name, None)


@resource_type("AWS::Logs::MetricFilter")
class MetricFilter(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        return self.update(place, Resource(place.name(properties.get("FilterName"), 512)), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        transformations = [
            {k[0].lower() + k[1:]: v for k, v in item.items()} for item in properties["MetricTransformations"]
        ]
        logs_backends[place.account][place.region].put_metric_filter(
            resource.physical_resource_id,
            properties.get("FilterPattern", ""),
            properties["LogGroupName"],
            transformations,
        )
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        backend = logs_backends[place.account][place.region]
        backend.delete_metric_filter(resource.physical_resource_id, properties["LogGroupName"])
