"""Functions with their triggers and permissions, rules and custom resources, as CloudFormation manages them."""

from __future__ import annotations

import base64
import copy
import json
import os
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.events.models import events_backends
from moto.moto_api._internal import mock_random

from control import control
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
from state import registered
from wakeups import wake


@resource_type("AWS::Lambda::Function")
class Function(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        backend, name = lambda_backends[place.account][place.region], place.name(properties.get("FunctionName"))
        if name in [function.function_name for function in backend.list_functions()]:
            raise ResourceFailed(f"{name} already exists")
        function = backend.create_function({**self._spec(properties), "FunctionName": name})
        function.inline_code = properties["Code"].get("ZipFile")
        return function

    def _spec(self, properties: dict[str, Any]) -> dict[str, Any]:
        spec = copy.deepcopy({k: v for k, v in properties.items() if k not in ("LoggingConfig", "Layers")})
        if "ZipFile" in spec["Code"]:
            text = spec["Code"]["ZipFile"]
            spec["Code"]["ZipFile"] = base64.b64encode(LambdaFunction._create_zipfile_from_plaintext_code(text))
        return {**spec, "Tags": tags_of(properties)}

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if properties.get("FunctionName", resource.function_name) != resource.function_name:
            return super().update(place, resource, properties, old)
        spec = self._spec(properties)
        defaults = {"Environment": {"Variables": {}}, "Timeout": 3, "MemorySize": 128, "Description": ""}
        resource.update_configuration({**defaults, **{k: v for k, v in spec.items() if k not in ("Code", "Tags")}})
        resource.update_function_code(spec["Code"])
        resource.inline_code = properties["Code"].get("ZipFile")
        resource.reserved_concurrency = properties.get("ReservedConcurrentExecutions")
        resource.tags = spec["Tags"]
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        lambda_backends[place.account][place.region].delete_function(resource.function_name)

    def has_attribute(self, name: str) -> bool:
        return name == "Arn"


@resource_type("AWS::Lambda::Permission")
class Permission(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        function = lambda_backends[place.account][place.region].get_function(properties["FunctionName"])
        statement_id = place.name(None, 100)
        function.policy.add_statement(json.dumps({**properties, "StatementId": statement_id}))
        return Resource(statement_id, {"Id": statement_id})

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        try:
            function = lambda_backends[place.account][place.region].get_function(properties["FunctionName"])
        except UnknownFunctionException:
            return
        function.policy.del_statement(resource.physical_resource_id)


@resource_type("AWS::Lambda::EventSourceMapping")
class EventSourceMapping(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        spec = {**properties, "Enabled": truthy(properties.get("Enabled", True))}
        return lambda_backends[place.account][place.region].create_event_source_mapping(spec)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if properties["EventSourceArn"] != old["EventSourceArn"]:
            return super().update(place, resource, properties, old)
        resource.batch_size = properties.get("BatchSize")
        resource.enabled = truthy(properties.get("Enabled", True))
        resource.max_batch_window = properties.get("MaximumBatchingWindowInSeconds")
        resource.function_response_types = properties.get("FunctionResponseTypes")
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        lambda_backends[place.account][place.region]._event_source_mappings.pop(resource.uuid, None)


@resource_type("AWS::Lambda::Url")
class PublicUrl(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        raise ResourceFailed("AWS::Lambda::Url would make a function public; the emulator does not create one")


@resource_type("AWS::Events::Rule")
class Rule(MotoType):
    def __init__(self) -> None:
        super().__init__(moto_model("AWS::Events::Rule"))

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        name = self._name(place, properties)
        bus = events_backends[place.account][place.region].describe_event_bus(properties.get("EventBusName", "default"))
        if name in bus.rules:
            raise ResourceFailed(f"{name} already exists")
        return self._make(place, name, properties)


@resource_type("Custom::")
class CustomResource(ResourceType):
    """Queues an invocation of the function of a custom resource; the stack does not wait for the answer."""

    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        resource = _Custom(place.name(None), {})
        _custom[f"{place.stack_id}/{place.logical_id}"] = resource
        self.wake("Create", place, resource, properties)
        return resource

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        self.wake("Update", place, resource, properties, OldResourceProperties=old)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        if not resource.is_leaving:
            self.wake("Delete", place, resource, properties)

    def wake(self, kind: str, place: Place, resource: Any, properties: dict[str, Any], **more: Any) -> None:
        url = f"http://127.0.0.1:{os.environ['MOTO_PORT']}/_checkvalve/custom-resource"
        event = {
            "RequestType": kind,
            "ServiceToken": properties["ServiceToken"],
            "ResponseURL": url,
            "StackId": place.stack_id,
            "RequestId": str(mock_random.uuid4()),
            "LogicalResourceId": place.logical_id,
            "ResourceType": place.type,
            "ResourceProperties": properties,
            **more,
        }
        if kind != "Create":
            event["PhysicalResourceId"] = resource.physical_resource_id
        resource.asked, resource.status = kind, "WAITING"
        wake(properties["ServiceToken"], event)


class _Custom(Resource):
    asked, status, is_leaving = "", "WAITING", False

    def get_cfn_attribute(self, name: str) -> Any:
        return self.attributes.get(name, "")


_custom: dict[str, _Custom] = registered("custom-resources", {})


def delete_custom_resources(stack: Any) -> None:
    """Sends the Delete events of the custom resources of a stack that is about to be deleted, while their functions
    still exist: CloudFormation deletes custom resources before their functions, and waits for the answers."""
    if stack is None:
        return
    for logical_id, (type_name, properties) in list(stack.resource_map.applied.items()):
        resource = stack.resource_map._parsed_resources.get(logical_id)
        if isinstance(resource, _Custom) and not resource.is_leaving:
            place = Place(stack.account_id, stack.region_name, stack.stack_id, stack.name, logical_id, type_name)
            CustomResource().wake("Delete", place, resource, properties)
            resource.is_leaving = True


@control("GET", "/custom-resources")
def _all_custom(_: Any) -> list[dict[str, Any]]:
    return [
        {"stackId": key.rsplit("/", 1)[0], "logicalId": key.rsplit("/", 1)[1], "asked": resource.asked}
        | {"status": resource.status, "data": resource.attributes}
        for key, resource in _custom.items()
    ]


@control("PUT", "/custom-resource")
def _answered(answer: dict[str, Any]) -> dict[str, Any]:
    """Takes the answer of a function to its ResponseURL: Fn::GetAtt and the outputs of the stack then read its data."""
    resource = _custom.get(f"{answer['StackId']}/{answer['LogicalResourceId']}")
    if resource is not None:
        resource.status = answer["Status"]
        resource.attributes.update(answer.get("Data") or {})
        _, _, _, region, account = answer["StackId"].split(":")[:5]
        stack = cloudformation_backends[account][region].stacks.get(answer["StackId"])
        if stack is not None:
            stack.output_map = stack._create_output_map()
    if answer.get("Status") == "FAILED":
        from gateway import problem

        problem("custom-resource-failed", f"{answer['LogicalResourceId']}: {answer.get('Reason')}")
    return {}
