"""The KMS key of a topic or a queue, and whether it is enabled. Planted faults do not apply to this control entry."""

from __future__ import annotations

from typing import Any

from moto.sns.models import sns_backends

from control import control
from identity.kms import find_key
from messaging.sqs import queue_by_arn


def _named(arn: str) -> str | None:
    _, _, service, region, account = arn.split(":")[:5]
    if service == "sns":
        topic = sns_backends[account][region].topics.get(arn)
        return topic.kms_master_key_id if topic else None
    queue = queue_by_arn(arn)
    return getattr(queue, "kms_master_key_id", None)


@control("POST", "/key-of")
def _key_of(request: dict[str, Any]) -> dict[str, Any]:
    """The ARN of the key for an id, an alias or an ARN; for a key that does not exist, an ARN with the given name."""
    _, _, _, region, account = request["arn"].split(":")[:5]
    named = _named(request["arn"])
    if not named:
        return {"keyArn": None, "enabled": False}
    key = find_key(account, region, named)
    missing = f"arn:aws:kms:{region}:{account}:key/{named.removeprefix('key/')}"
    return {"keyArn": key.arn if key else missing, "enabled": key is not None and key.key_state == "Enabled"}
