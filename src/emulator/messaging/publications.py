"""Messages that AWS services send to topics: each waits until the rehearsal has judged the policies of topic and key.

A service publishes as its own principal. The policy of the topic and, for an encrypted topic, the policy of its key
decide whether it may. The rehearsal judges both, as it does for deliveries to queues: publications wait under
/_checkvalve/publications until they are let through or dropped. A dropped publication is lost, as on AWS.
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from __future__ import annotations

from typing import Any

from moto.moto_api._internal import mock_random
from moto.sns.exceptions import SNSException
from moto.sns.models import sns_backends

from clock import CLOCK, iso
from control import control, drain
from messaging.topic_keys import blocks_eventbridge
from state import registered

EVENTBRIDGE = "events.amazonaws.com"
_waiting: list[dict[str, Any]] = registered("publications", [])
_shown: dict[str, dict[str, Any]] = registered("publications-shown", {})
_failed: list[dict[str, str]] = registered("failed-invocations", [])


def publish_as_service(service: str, source_arn: str, topic_arn: str, message: str, subject: str | None = None) -> None:
    """Queues a message that a service principal sends to a topic for a rule, an alarm or a vault."""
    _waiting.append(
        {
            "id": str(mock_random.uuid4()),
            "service": service,
            "sourceArn": source_arn,
            "topicArn": topic_arn,
            "subject": subject,
            "message": message,
        }
    )


def failed_invocation(rule_arn: str, target_arn: str) -> None:
    """Records one FailedInvocation of the rule.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    _failed.append({"at": iso(CLOCK.now(), milliseconds=True), "ruleArn": rule_arn, "targetArn": target_arn})


def count() -> int:
    return len(_waiting)


def _lost(publication: dict[str, Any]) -> None:
    if publication["service"] == EVENTBRIDGE:
        failed_invocation(publication["sourceArn"], publication["topicArn"])


def _published(publication: dict[str, Any]) -> bool:
    _, _, _, region, account, _ = publication["topicArn"].split(":")
    topic = sns_backends[account][region].topics.get(publication["topicArn"])
    if topic is None or (publication["service"] == EVENTBRIDGE and blocks_eventbridge(publication["topicArn"])):
        return False
    try:
        topic.publish(publication["message"], publication["subject"])
    except SNSException:  # the key of the topic cannot be used
        return False
    return True


@control("GET", "/publications")
def _publications(_: Any) -> list[dict[str, Any]]:
    taken = drain(_waiting)
    _shown.update({publication["id"]: publication for publication in taken})
    return taken


@control("POST", "/publications")
def _decide(request: dict[str, Any]) -> dict[str, Any]:
    published: list[dict[str, Any]] = []
    lost: list[dict[str, Any]] = []
    for publication in [_shown.pop(publication_id) for publication_id in request.get("ids", [])]:
        (published if _published(publication) else lost).append(publication)
    lost += [_shown.pop(publication_id) for publication_id in request.get("drop", [])]
    for publication in lost:
        _lost(publication)
    return {"published": len(published), "lost": len(lost)}


@control("GET", "/failed-invocations")
def _failed_invocations(_: Any) -> list[dict[str, str]]:
    return _failed
