"""Whether the key policy of a topic blocks EventBridge by a condition that EventBridge does not meet.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from __future__ import annotations

import json

from moto.sns.models import sns_backends

from aws_switches import switch
from identity.kms import find_key


def blocks_eventbridge(topic_arn: str) -> bool:
    """Whether a condition blocks EventBridge: it sends no source account to KMS, unless the switch is on."""
    _, _, _, region, account, _ = topic_arn.split(":")
    topic = sns_backends[account][region].topics.get(topic_arn)
    if switch("eventBridgeKeyConditions") or topic is None or not topic.kms_master_key_id:
        return False
    key = find_key(account, region, topic.kms_master_key_id)
    statements = [json.dumps(statement) for statement in json.loads(key.policy)["Statement"]] if key else []
    return any("events.amazonaws.com" in statement and "aws:Source" in statement for statement in statements)
