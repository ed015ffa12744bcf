"""A role that does not exist cannot be taken: moto hands out keys for any name."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend

_in_moto = STSBackend.assume_role


def _assume_role(self: STSBackend, role_arn: str, **more: Any) -> Any:
    """AWS answers for a role that is not there as for one that trusts somebody else.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html
    """
    account = role_arn.split(":")[4]
    if all(role.arn != role_arn for role in iam_backends[account]["aws"].roles.values()):
        who = f"arn:aws:iam::{self.account_id}:root"
        refusal = f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        raise STSClientError("AccessDenied", refusal)
    return _in_moto(self, role_arn=role_arn, **more)


def install() -> None:
    STSBackend.assume_role = _assume_role
