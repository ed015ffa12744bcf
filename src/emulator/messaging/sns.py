"""SNS: topics and subscriptions across accounts, and deliveries to queues that wait for a judgment.

SNS sends to a queue as the service sns.amazonaws.com, so the policy of the queue must allow each delivery. The
rehearsal judges that: deliveries wait under /_checkvalve/deliveries until they are let through or dropped.

Longer than most: the path of a message from the topic to the judged delivery is read in one piece.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.moto_api._internal import mock_random
from moto.sns.exceptions import SNSException, SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends
from moto.sns.responses import SNSResponse
from moto.sqs.models import sqs_backends

from clock import CLOCK, iso
from control import control, drain
from identity.kms import find_key
from messaging.sqs import queue_url
from operations import operation
from state import registered

_waiting: list[dict[str, Any]] = registered("deliveries", [])
_shown: dict[str, dict[str, Any]] = registered("deliveries-shown", {})
_published: list[dict[str, Any]] = registered("notifications", [])


def _subscriptions(topic: Topic) -> Iterator[Subscription]:
    """The subscriptions of a topic, in all accounts: a subscription belongs to the account that created it."""
    region = topic.sns_backend.region_name
    for account in list(sns_backends.values()):
        if region in account.keys():  # noqa: SIM118 (moto answers `in` with every Region that exists)
            yield from (s for s in list(account[region].subscriptions.values()) if s.topic.arn == topic.arn)


def _pending(subscription: Subscription) -> bool:
    return bool(subscription.attributes.get("PendingConfirmation"))


def _check_key(topic: Topic) -> None:
    """https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors"""
    named = topic.kms_master_key_id
    if not named:
        return
    key = find_key(topic.account_id, topic.sns_backend.region_name, named)
    state = key.key_state if key else "NotFound"
    code = {"Enabled": None, "Disabled": "KMSDisabled", "NotFound": "KMSNotFound"}.get(state, "KMSInvalidState")
    if code:
        fault = SNSException(f"The key {named} of {topic.arn} cannot be used: {state}.")
        fault.code = code
        raise fault


def _publish(self: Topic, message: str, subject: str | None = None, message_attributes: Any = None, **more: Any) -> str:
    _check_key(self)
    message_id = str(mock_random.uuid4())
    _published.append(
        {
            "at": iso(CLOCK.now(), milliseconds=True),
            "topicArn": self.arn,
            "account": self.account_id,
            "subject": subject,
            "message": message,
            "messageId": message_id,
            "subscriptions": [
                {"protocol": s.protocol, "endpoint": s.endpoint} for s in _subscriptions(self) if not _pending(s)
            ],
        }
    )
    for subscription in _subscriptions(self):
        matcher = subscription._filter_policy_matcher
        if subscription.protocol != "sqs" or _pending(subscription):
            continue
        if matcher is None or matcher.matches(message_attributes, message):
            text = (
                subscription._parse_message_structure(message, "sqs")
                if more.get("message_structure") == "json"
                else message
            )
            _hold(subscription, _body(subscription, "Notification", message_id, text, subject, message_attributes))
    return message_id


def _body(
    subscription: Subscription,
    kind: str,
    message_id: str,
    message: str,
    subject: str | None,
    attributes: Any,
    **more: str,
) -> str:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html"""
    if kind == "Notification" and str(subscription.attributes.get("RawMessageDelivery")).lower() == "true":
        return message
    region, host = (
        subscription.topic.arn.split(":")[3],
        f"https://sns.{subscription.topic.arn.split(':')[3]}.amazonaws.com",
    )
    envelope: dict[str, Any] = {
        "Type": kind,
        "MessageId": message_id,
        "TopicArn": subscription.topic.arn,
        "Message": message,
        "Timestamp": iso(CLOCK.now(), milliseconds=True),
        "SignatureVersion": "1",
        "Signature": "bm90IHNpZ25lZA==",
        "SigningCertURL": f"{host}/SimpleNotificationService-emulated.pem",
        **more,
    }
    if kind == "Notification":
        envelope["UnsubscribeURL"] = f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}&Region={region}"
    if subject:
        envelope["Subject"] = subject
    if attributes:
        envelope["MessageAttributes"] = attributes
    return json.dumps(envelope, indent=2)


def _hold(subscription: Subscription, body: str) -> None:
    account, name = subscription.endpoint.split(":")[4:6]
    _waiting.append(
        {
            "id": str(mock_random.uuid4()),
            "topicArn": subscription.topic.arn,
            "subscriptionArn": subscription.arn,
            "endpoint": subscription.endpoint,
            "queueUrl": queue_url(account, name),
            "sourceAccount": subscription.topic.account_id,
            "body": body,
        }
    )


def _subscribe(self: SNSBackend, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
    """A subscription by the owner of the queue is confirmed; any other waits for the token sent to the queue.

    https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html
    """
    if topic_arn.split(":")[3] != self.region_name:
        raise SNSInvalidParameter("Invalid parameter: TopicArn Reason: the topic is in another Region")
    known = self._find_subscription(topic_arn, endpoint, protocol)
    subscription = _moto_subscribe(self, topic_arn, endpoint, protocol)
    if known is None and protocol == "sqs" and endpoint.split(":")[4] != self.account_id:
        token = mock_random.uuid4().hex * 2
        subscription.attributes |= {"PendingConfirmation": True, "ConfirmationToken": token}
        message = f"You have chosen to subscribe to the topic {topic_arn}."
        query = f"Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}"
        url = f"https://sns.{self.region_name}.amazonaws.com/?{query}"
        more = {"Token": token, "SubscribeURL": url}
        _hold(
            subscription,
            _body(subscription, "SubscriptionConfirmation", str(mock_random.uuid4()), message, None, None, **more),
        )
    return subscription


def _end_subscriptions(_: SNSBackend, topic: Topic) -> None:
    """Deletes the subscriptions of a deleted topic in all accounts: a new topic of the same name starts without any."""
    for account in list(sns_backends.values()):
        for backend in account.values():
            for arn in [arn for arn, s in backend.subscriptions.items() if s.topic.arn == topic.arn]:
                del backend.subscriptions[arn]


@operation(SNSResponse, "ConfirmSubscription")
def _confirm(call: SNSResponse) -> Any:
    topic = call.backend.get_topic(call.params["TopicArn"])
    for subscription in _subscriptions(topic):
        if subscription.attributes.get("ConfirmationToken") == call.params["Token"]:
            subscription.attributes["PendingConfirmation"] = False
            return {"SubscriptionArn": subscription.arn}
    raise SNSInvalidParameter("Invalid parameter: Token")


@operation(SNSResponse, "Unsubscribe")
def _unsubscribe(call: SNSResponse) -> Any:
    for account in list(sns_backends.values()):
        for backend in account.values():
            backend.subscriptions.pop(call.params["SubscriptionArn"], None)
    return None


@operation(SNSResponse, "GetSubscriptionAttributes")
def _get_attributes(call: SNSResponse) -> Any:
    attributes = call.backend.get_subscription_attributes(call.params["SubscriptionArn"])
    return {"Attributes": {k: v for k, v in attributes.items() if k != "ConfirmationToken"}}


def count() -> int:
    return len(_waiting)


@control("GET", "/deliveries")
def _deliveries(_: Any) -> list[dict[str, Any]]:
    taken = drain(_waiting)
    _shown.update({delivery["id"]: delivery for delivery in taken})
    return taken


@control("POST", "/deliveries")
def _decide(request: dict[str, Any]) -> dict[str, Any]:
    delivered, lost = [], []
    for delivery_id in request.get("ids", []):
        delivery = _shown.pop(delivery_id)
        _, _, _, region, account, name = delivery["endpoint"].split(":")
        backend = sqs_backends[account][region]
        if name in backend.queues:
            backend.send_message(name, delivery["body"])
            delivered.append(delivery_id)
        else:
            lost.append(delivery_id)
    for delivery_id in request.get("drop", []):
        _shown.pop(delivery_id)
    return {"delivered": delivered, "queueGone": lost}


@control("GET", "/notifications")
def _notifications(_: Any) -> list[dict[str, Any]]:
    return _published


@control("DELETE", "/notifications")
def _forget_notifications(_: Any) -> dict[str, int]:
    return {"cleared": len(drain(_published))}


_moto_subscribe = SNSBackend.subscribe


def install() -> None:
    Topic.publish = _publish
    SNSBackend.subscribe = _subscribe
    SNSBackend.delete_topic_subscriptions = _end_subscriptions
    SNSBackend._get_topic_subscriptions = lambda _, topic: list(_subscriptions(topic))
