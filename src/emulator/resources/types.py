"""The resource types that the emulator can create: one entry per type, its own or an adapter around moto's model.

A stack with any other type fails with the name of the type: nothing in a template is ignored.
"""

from __future__ import annotations

import copy
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel
from moto.moto_api._internal import mock_random


class ResourceFailed(Exception):
    """A resource could not be created, changed or deleted. The stack event shows the message."""


@dataclass
class Place:
    """Where a resource is: its account and Region, and its stack."""

    account: str
    region: str
    stack_id: str
    stack_name: str
    logical_id: str
    type: str

    def name(self, given: str | None, limit: int = 64) -> str:
        """The name from the template, or one of stack name, logical id and a suffix, as CloudFormation generates it."""
        if given:
            return str(given)
        suffix = "".join(mock_random.choice(string.ascii_uppercase + string.digits) for _ in range(12))
        room = limit - len(suffix) - 2
        logical = self.logical_id[: max(room // 2, room - len(self.stack_name))]
        return f"{self.stack_name[: room - len(logical)]}-{logical}-{suffix}"


@dataclass
class Resource:
    """A resource of the emulator's own types: its Ref, and the attributes for Fn::GetAtt."""

    physical_resource_id: str
    attributes: dict[str, Any] = field(default_factory=dict)
    model: Any = None

    def get_cfn_attribute(self, name: str) -> Any:
        if name not in self.attributes:
            raise UnformattedGetAttTemplateException()
        return self.attributes[name]

    def is_created(self) -> bool:
        return True


class ResourceType:
    """Creates, updates and deletes resources of one type. `update` keeps the physical id or returns a new resource."""

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        raise NotImplementedError

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        self.delete(place, resource, old)
        return self.create(place, properties)

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        """Has no effect by default."""

    def has_attribute(self, name: str) -> bool:
        return True


_types: dict[str, ResourceType] = {}


def resource_type(name: str) -> Callable[[type[ResourceType]], type[ResourceType]]:
    def register(made: type[ResourceType]) -> type[ResourceType]:
        _types[name] = made()
        return made

    return register


class Declared(ResourceType):
    """A type whose resources are recorded in the stack and have no other effect."""

    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        name = place.name(next((v for k, v in properties.items() if k.endswith("Name") and isinstance(v, str)), None))
        service = place.type.split("::")[1].lower()
        arn = f"arn:aws:{service}:{place.region}:{place.account}:{place.type.split('::')[2].lower()}/{name}"
        return Resource(name, {"Arn": arn, "Id": name, "Name": name})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        return resource


class MotoType(ResourceType):
    """An adapter around a model of moto. An update deletes the resource and creates it under the same name."""

    def __init__(self, model: type[CloudFormationModel]) -> None:
        self._model = model

    def _name(self, place: Place, properties: dict[str, Any]) -> str:
        return place.name(properties.get(self._model.cloudformation_name_type() or "-"))

    def _make(self, place: Place, name: str, properties: dict[str, Any]) -> Any:
        template = {"Type": place.type, "Properties": copy.deepcopy(properties)}
        named = {"LogicalId": place.logical_id, "StackId": place.stack_id, "ResourceType": place.type}
        return self._model.create_from_cloudformation_json(name, template, place.account, place.region, **named)

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        return self._make(place, self._name(place, properties), properties)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        key = self._model.cloudformation_name_type() or "-"
        name = properties.get(key) or getattr(resource, "name", None) or resource.physical_resource_id
        self.delete(place, resource, old)
        return self._make(place, name, properties)

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        template = {"Type": place.type, "Properties": copy.deepcopy(properties)}
        if callable(getattr(resource, "delete", None)):
            resource.delete(place.account, place.region)
        elif not hasattr(self._model.delete_from_cloudformation_json, "__isabstractmethod__"):
            self._model.delete_from_cloudformation_json(
                resource.physical_resource_id, template, place.account, place.region
            )

    def has_attribute(self, name: str) -> bool:
        return bool(self._model.has_cfn_attr(name))


def registered_types() -> dict[str, ResourceType]:
    """The entries by resource type; `find_type` adds moto's types when a template uses them."""
    return dict(_types)


def find_type(name: str) -> ResourceType | None:
    """The entry for a resource type; None when the emulator cannot create it."""
    known = "Custom::" if name.startswith("Custom::") or name == "AWS::CloudFormation::CustomResource" else name
    if known not in _types and known in parsing.get_model_map():
        _types[known] = MotoType(parsing.get_model_map()[known])
    return _types.get(known)


def known_type(name: str) -> ResourceType:
    """The entry for a resource type of a template that `refuse_unknown_types` has accepted."""
    found = find_type(name)
    if found is None:
        raise ResourceFailed(f"{name} has no entry in the emulator")
    return found


def moto_model(name: str) -> type[CloudFormationModel]:
    return parsing.get_model_map()[name]


def tags_of(properties: dict[str, Any]) -> dict[str, str]:
    """The Tags property, in either of its two shapes."""
    tags = properties.get("Tags") or {}
    return dict(tags) if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


def truthy(value: Any) -> bool:
    """The value of a boolean that a template writes as a JSON boolean or as text."""
    return str(value).lower() == "true"


for _name in (
    "AWS::CDK::Metadata",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudFormation::WaitConditionHandle",
):
    _types[_name] = Declared()
