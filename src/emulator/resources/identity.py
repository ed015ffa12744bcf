"""Roles, policies and keys, as CloudFormation creates and updates them."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.kms.models import kms_backends

from backup.recipe import managed_policy
from identity.kms import changed, find_key
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


def _iam(place: Place) -> IAMBackend:
    return iam_backends[place.account]["aws"]


def _tag_list(properties: dict[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags_of(properties).items()]


def _attach_role_policy(self: IAMBackend, policy_arn: str, role_name: str) -> None:
    """Creates an AWS managed policy when it is first attached: with no statement, except the policy of backup roles.

    The rehearsal's judge knows what the others allow.
    """
    if policy_arn.startswith("arn:aws:iam::aws:policy/") and policy_arn not in self.managed_policies:
        path, name = policy_arn.split(":policy")[1].rsplit("/", 1)
        document = managed_policy(name) or '{"Version": "2012-10-17", "Statement": []}'
        made = AWSManagedPolicy(
            name, account_id=self.account_id, region="us-east-1", document=document, path=f"{path}/"
        )
        self.managed_policies[policy_arn] = made
    _moto_attach(self, policy_arn, role_name)


_moto_attach = IAMBackend.attach_role_policy
IAMBackend.attach_role_policy = _attach_role_policy


@resource_type("AWS::IAM::Role")
class Role(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        role = _iam(place).create_role(
            role_name=place.name(properties.get("RoleName")),
            assume_role_policy_document=json.dumps(properties["AssumeRolePolicyDocument"]),
            path=properties.get("Path", "/"),
            permissions_boundary=properties.get("PermissionsBoundary"),
            description=properties.get("Description", ""),
            tags=_tag_list(properties),
            max_session_duration=str(properties.get("MaxSessionDuration", 3600)),
        )
        self._put_policies(place, role, properties)
        return role

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if properties.get("RoleName", resource.name) != resource.name:
            made = self.create(place, properties)
            self.delete(place, resource, old)
            return made
        resource.assume_role_policy_document = json.dumps(properties["AssumeRolePolicyDocument"])
        resource.description = properties.get("Description", "")
        self._drop_policies(place, resource, old)
        self._put_policies(place, resource, properties)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        self._drop_policies(place, resource, properties)
        _iam(place).delete_role(resource.name)

    def _put_policies(self, place: Place, role: Any, properties: dict[str, Any]) -> None:
        for policy in properties.get("Policies", []):
            role.put_policy(policy["PolicyName"], json.dumps(policy["PolicyDocument"]))
        for arn in properties.get("ManagedPolicyArns", []):
            _iam(place).attach_role_policy(arn, role.name)

    def _drop_policies(self, place: Place, role: Any, properties: dict[str, Any]) -> None:
        for policy in properties.get("Policies", []):
            role.policies.pop(policy["PolicyName"], None)
        for arn in properties.get("ManagedPolicyArns", []):
            _iam(place).detach_role_policy(arn, role.name)

    def has_attribute(self, name: str) -> bool:
        return name in ("Arn", "RoleId")


@resource_type("AWS::IAM::Policy")
class Policy(ResourceType):
    """An inline policy of roles."""

    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        return self.update(place, Resource(place.name(None), {"Id": properties["PolicyName"]}), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if old:
            self.delete(place, resource, old)
        for role_name in properties.get("Roles", []):
            _iam(place).get_role(role_name).put_policy(
                properties["PolicyName"], json.dumps(properties["PolicyDocument"])
            )
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        for role_name in properties.get("Roles", []):
            role = next((role for role in _iam(place).get_roles() if role.name == role_name), None)
            if role is not None:
                role.policies.pop(properties["PolicyName"], None)


@resource_type("AWS::IAM::ManagedPolicy")
class ManagedPolicy(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        policy = _iam(place).create_policy(
            properties.get("Description", ""),
            properties.get("Path", "/"),
            json.dumps(properties["PolicyDocument"]),
            place.name(properties.get("ManagedPolicyName"), 128),
            [],
        )
        for role_name in properties.get("Roles", []):
            _iam(place).attach_role_policy(policy.arn, role_name)
        return Resource(policy.arn, {"PolicyArn": policy.arn, "PolicyId": policy.id}, policy)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        version = _iam(place).create_policy_version(resource.model.arn, json.dumps(properties["PolicyDocument"]), True)
        resource.model.versions = [v for v in resource.model.versions if v.version_id == version.version_id]
        for role_name in set(old.get("Roles", [])) - set(properties.get("Roles", [])):
            _iam(place).detach_role_policy(resource.model.arn, role_name)
        for role_name in set(properties.get("Roles", [])) - set(old.get("Roles", [])):
            _iam(place).attach_role_policy(resource.model.arn, role_name)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        for role in list(_iam(place).get_roles()):
            if resource.model.arn in role.managed_policies:
                _iam(place).detach_role_policy(resource.model.arn, role.name)
        _iam(place).delete_policy(resource.model.arn)


@resource_type("AWS::KMS::Key")
class Key(MotoType):
    def __init__(self) -> None:
        super().__init__(moto_model("AWS::KMS::Key"))

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        tags = [{"TagKey": key, "TagValue": value} for key, value in tags_of(properties).items()]
        key = kms_backends[place.account][place.region].create_key(
            json.dumps(properties["KeyPolicy"]),
            properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
            properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
            properties.get("Description", ""),
            tags,
        )
        return self._set(key, properties)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        resource.policy = json.dumps(properties["KeyPolicy"])
        resource.description = properties.get("Description", "")
        return self._set(resource, properties)

    def _set(self, key: Any, properties: dict[str, Any]) -> Any:
        key.key_rotation_status = truthy(properties.get("EnableKeyRotation", False))
        key.enabled = truthy(properties.get("Enabled", True))
        key.key_state = "Enabled" if key.enabled else "Disabled"
        changed()
        return key

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        """Schedules the deletion, as CloudFormation does: until then the key exists and cannot be used."""
        days = int(properties.get("PendingWindowInDays", 30))
        kms_backends[place.account][place.region].schedule_key_deletion(resource.id, days)

    def has_attribute(self, name: str) -> bool:
        return name in ("Arn", "KeyId")


@resource_type("AWS::KMS::Alias")
class Alias(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        backend, name = kms_backends[place.account][place.region], properties["AliasName"]
        if backend.alias_exists(name):
            raise ResourceFailed(
                f"An alias with the name arn:aws:kms:{place.region}:{place.account}:{name} already exists"
            )
        key = find_key(place.account, place.region, properties["TargetKeyId"])
        if key is None:
            raise ResourceFailed(f"Key '{properties['TargetKeyId']}' does not exist")
        backend.create_alias(key.id, name)
        return Resource(name)

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        kms_backends[place.account][place.region].delete_alias(properties["AliasName"])


def _key_attribute(key: Any, name: str) -> str:
    return key.arn if name == "Arn" else key.id


moto_model("AWS::KMS::Key").get_cfn_attribute = _key_attribute
