"""What an assumed role may do by its own policies, as far as the switches need it. The rehearsal judges the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.core.responses import BaseResponse
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from policies import listed, matches_any


def role_of(call: BaseResponse) -> str | None:
    """The ARN of the role whose session makes a call; None for an account's own key."""
    key = call.get_access_key()
    for _, _, backend in sts_backends.iter_backends():
        for assumed in backend.assumed_roles:
            if assumed.access_key_id == key:
                return str(assumed.role_arn)
    return None


def may(role_arn: str, action: str, resource: str = "*", without: str = "-") -> bool:
    """Whether a statement allows the action and has no condition on the key `without`."""
    return any(
        statement["Effect"] == "Allow"
        and matches_any(action, statement.get("Action"))
        and (resource == "*" or matches_any(resource, statement.get("Resource")))
        and without not in json.dumps(statement.get("Condition") or {})
        for statement in _statements(role_arn)
    )


def denies(role_arn: str, action: str, resource: str) -> bool:
    """Whether a statement denies the action, under any condition or none."""
    return any(
        statement["Effect"] == "Deny"
        and matches_any(action, statement.get("Action"))
        and matches_any(resource, statement.get("Resource"))
        for statement in _statements(role_arn)
    )


def _statements(role_arn: str) -> Iterator[dict[str, Any]]:
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[1]
    for role in iam_backends[account]["aws"].get_roles():
        if role.name == name:
            for document in role.policies.values():
                policy = json.loads(document) if isinstance(document, str) else document
                yield from listed(policy["Statement"])
