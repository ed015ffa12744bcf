"""Backup vaults, plans and selections, as CloudFormation creates and updates them."""

from __future__ import annotations

import copy
from typing import Any

from moto.moto_api._internal import mock_random

from backup.notifications import set_notifications
from backup.store import IDS, Selection, backend, store
from clock import CLOCK
from resources.types import Place, Resource, ResourceFailed, ResourceType, resource_type, tags_of


@resource_type("AWS::Backup::BackupVault")
class BackupVault(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        backups, name = backend(place.account, place.region), properties["BackupVaultName"]
        if name in backups.vaults:
            raise ResourceFailed(f"Backup vault with the same name already exists: {name}")
        made = backups.create_backup_vault(
            name, properties.get("BackupVaultTags") or {}, properties.get("EncryptionKeyArn"), ""
        )
        set_notifications(made.backup_vault_arn, properties.get("Notifications"))
        return Resource(name, {"BackupVaultName": name, "BackupVaultArn": made.backup_vault_arn}, made)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if properties["BackupVaultName"] != old["BackupVaultName"]:
            return super().update(place, resource, properties, old)
        set_notifications(resource.attributes["BackupVaultArn"], properties.get("Notifications"))
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        name = properties["BackupVaultName"]
        if store(place.account, place.region).points.get(name):
            raise ResourceFailed(f"Backup vault {name} cannot be deleted because it contains recovery points")
        backend(place.account, place.region).delete_backup_vault(name)
        set_notifications(resource.attributes["BackupVaultArn"], None)


def _document(properties: dict[str, Any]) -> dict[str, Any]:
    """The plan of a template in the form of the API."""
    given = copy.deepcopy(properties["BackupPlan"])
    rules = [{**rule, "TargetBackupVaultName": rule.pop("TargetBackupVault")} for rule in given.pop("BackupPlanRule")]
    return {**given, "Rules": rules}


@resource_type("AWS::Backup::BackupPlan")
class BackupPlan(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        made = backend(place.account, place.region).create_backup_plan(_document(properties), tags_of(properties), "")
        attributes = {
            "BackupPlanId": made.backup_plan_id,
            "BackupPlanArn": made.backup_plan_arn,
            "VersionId": made.version_id,
        }
        return Resource(made.backup_plan_id, attributes, made)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        rule_ids = {rule["RuleName"]: rule["RuleId"] for rule in resource.model.backup_plan["Rules"]}
        document = _document(properties)
        for rule in document["Rules"]:
            rule["RuleId"] = rule_ids.get(rule["RuleName"]) or IDS.next()
        resource.model.backup_plan = document
        resource.model.version_id = resource.attributes["VersionId"] = mock_random.get_random_string(length=48)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        if any(
            s.plan_id == resource.physical_resource_id for s in store(place.account, place.region).selections.values()
        ):
            raise ResourceFailed("Related backup plan selections must be deleted prior to backup plan deletion")
        del backend(place.account, place.region).plans[resource.physical_resource_id]


@resource_type("AWS::Backup::BackupSelection")
class BackupSelection(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        if properties["BackupPlanId"] not in backend(place.account, place.region).plans:
            raise ResourceFailed(f"Cannot find the backup plan {properties['BackupPlanId']}")
        made = Selection(
            IDS.next(), properties["BackupPlanId"], copy.deepcopy(properties["BackupSelection"]), CLOCK.now()
        )
        store(place.account, place.region).selections[made.id] = made
        return Resource(
            made.id, {"SelectionId": made.id, "BackupPlanId": made.plan_id, "Id": f"{made.id}_{made.plan_id}"}
        )

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        store(place.account, place.region).selections.pop(resource.physical_resource_id, None)
