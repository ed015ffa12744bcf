"""Refuses AssumeRole for a role that does not exist; moto returns credentials for any name."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend

_moto_original = STSBackend.assume_role


def _assume_role(self: STSBackend, role_arn: str, **more: Any) -> Any:
    """AWS returns the same error for a role that does not exist as for one that does not trust the principal.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html
    """
    account = role_arn.split(":")[4]
    if all(role.arn != role_arn for role in iam_backends[account]["aws"].roles.values()):
        principal = f"arn:aws:iam::{self.account_id}:root"
        refusal = f"User: {principal} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        raise STSClientError("AccessDenied", refusal)
    return _moto_original(self, role_arn=role_arn, **more)


def install() -> None:
    STSBackend.assume_role = _assume_role
