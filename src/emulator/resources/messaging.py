"""Topics, queues, subscriptions and their policies, as CloudFormation creates and updates them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from clock import CLOCK
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

# After so long, a queue of the name of a deleted one can be created.
SAME_NAME_AFTER = timedelta(seconds=60)


@resource_type("AWS::SNS::Topic")
class Topic(MotoType):
    def __init__(self) -> None:
        super().__init__(moto_model("AWS::SNS::Topic"))

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        name = place.name(properties.get("TopicName"), 256)
        if f"arn:aws:sns:{place.region}:{place.account}:{name}" in sns_backends[place.account][place.region].topics:
            raise ResourceFailed(f"{name} already exists")
        return self._set(self._make(place, name, {}), properties)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if properties.get("TopicName") != old.get("TopicName"):
            self.delete(place, resource, old)
            return self.create(place, properties)
        return self._set(resource, properties)

    def _set(self, resource: Any, properties: dict[str, Any]) -> Any:
        resource.display_name = properties.get("DisplayName", "")
        resource.kms_master_key_id = properties.get("KmsMasterKeyId", "")
        resource._tags = tags_of(properties)
        return resource

    def has_attribute(self, name: str) -> bool:
        return name in ("TopicArn", "TopicName")


@resource_type("AWS::SQS::Queue")
class Queue(MotoType):
    def __init__(self) -> None:
        super().__init__(moto_model("AWS::SQS::Queue"))

    def create(self, place: Place, properties: dict[str, Any]) -> Any:
        name = place.name(properties.get("QueueName"), 80)
        backend = sqs_backends[place.account][place.region]
        if name in backend.queues:
            raise ResourceFailed(f"{name} already exists")
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
        deleted = getattr(backend, "deleted_queues", {}).get(name)
        if deleted is not None and CLOCK.now() - deleted < SAME_NAME_AFTER:
            raise ResourceFailed(f"You must wait 60 seconds after deleting {name} before you can create it again")
        return self._make(place, name, properties)

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        backend = sqs_backends[place.account][place.region]
        backend.deleted_queues = {**getattr(backend, "deleted_queues", {}), resource.name: CLOCK.now()}
        super().delete(place, resource, properties)

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        if properties.get("QueueName") != old.get("QueueName"):
            return super().update(place, resource, properties, old)
        policy = resource.policy
        attributes = {k: v for k, v in properties.items() if k not in ("QueueName", "Tags", "RedriveAllowPolicy")}
        resource._set_attributes({**attributes, "Policy": policy})
        resource.tags = tags_of(properties)
        return resource

    def has_attribute(self, name: str) -> bool:
        return name in ("Arn", "QueueName", "QueueUrl")


@resource_type("AWS::SNS::TopicPolicy")
class TopicPolicy(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        return self.update(place, Resource(place.name(None)), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        for arn in properties["Topics"]:
            sns_backends[place.account][place.region].get_topic(arn).policy = json.dumps(properties["PolicyDocument"])
        return resource


@resource_type("AWS::SQS::QueuePolicy")
class QueuePolicy(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        return self.update(place, Resource(place.name(None)), properties, {})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        for url in properties["Queues"]:
            queue = sqs_backends[place.account][place.region].get_queue(url.rsplit("/", 1)[1])
            queue.policy = json.dumps(properties["PolicyDocument"])
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        for url in properties["Queues"]:
            queue = sqs_backends[place.account][place.region].queues.get(url.rsplit("/", 1)[1])
            if queue is not None:
                queue.policy = None


@resource_type("AWS::SNS::Subscription")
class Subscription(ResourceType):
    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        backend = sns_backends[place.account][properties["TopicArn"].split(":")[3]]
        made = backend.subscribe(properties["TopicArn"], properties["Endpoint"], properties["Protocol"])
        for name in ("FilterPolicyScope", "FilterPolicy", "RedrivePolicy"):
            if name in properties:
                value = properties[name]
                backend.set_subscription_attributes(
                    made.arn, name, value if isinstance(value, str) else json.dumps(value)
                )
        made.attributes["RawMessageDelivery"] = truthy(properties.get("RawMessageDelivery"))
        return Resource(made.arn, {"Arn": made.arn})

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        sns_backends[place.account][properties["TopicArn"].split(":")[3]].unsubscribe(resource.physical_resource_id)


def _topic_attribute(topic: Any, name: str) -> str:
    return topic.arn if name == "TopicArn" else topic.name


def _queue_attribute(queue: Any, name: str) -> str:
    return {"Arn": queue.queue_arn, "QueueName": queue.name, "QueueUrl": queue.physical_resource_id}[name]


moto_model("AWS::SNS::Topic").get_cfn_attribute = _topic_attribute
moto_model("AWS::SQS::Queue").get_cfn_attribute = _queue_attribute
