"""The grants by which RDS uses the keys of a copy, and the failure of the copy when a key or a grant is lost.

When a copy is requested, RDS creates a grant on each key for the requester, and uses the keys by these grants until
the copy is complete: the key of the source, which another account may own, and the key of the copy.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
https://docs.aws.amazon.com/kms/latest/developerguide/grants.html

Assumption (a-copy-fails-when-it-loses-a-key): a copy fails at once when one of its keys is disabled or pending
deletion, or when a grant is revoked, and RDS retires both grants when a copy ends. AWS documents neither; RDS may
notice later, or hold keys in memory until then.
"""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from control import Refused, control
from identity.kms import find_key
from rds.snapshots import Snapshot

OPERATIONS = [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
]


def make(copy: Snapshot, source: Snapshot) -> None:
    """Creates the grants for a requested copy."""
    keys = [find_key(s.account, s.region, s.kms_key_id) for s in (source, copy) if s.kms_key_id]
    service = f"rds.{copy.region}.amazonaws.com"
    for key in {key.arn: key for key in keys if key is not None}.values():
        grant = key.add_grant(f"rds-copy-{copy.name}", service, OPERATIONS, constraints={}, retiring_principal=service)
        copy.grants.append((key.arn, grant.id))


def are_usable(copy: Snapshot) -> bool:
    """Whether every key of a copy is enabled and every grant on them exists."""
    keys = [(find_key("", "", arn), grant) for arn, grant in copy.grants]
    return all(key is not None and key.key_state == "Enabled" and grant in key.grants for key, grant in keys)


def retire(copy: Snapshot) -> None:
    """Retires the grants of a copy that has ended: it no longer needs the key of its source."""
    for arn, grant in copy.grants:
        key = find_key("", "", arn)
        if key is not None:
            key.retire_grant(grant)
    copy.grants = []


@control("POST", "/rds/revoke-grants")
def _revoke(request: dict[str, Any]) -> dict[str, int]:
    """Revokes every grant of RDS on a key, as the owner of the key can at any time."""
    key = find_key("", "", request["keyArn"])
    if key is None:
        raise Refused(f"there is no key {request['keyArn']}", 404)
    ids = [grant.id for grant in list(key.grants.values()) if grant.grantee_principal.startswith("rds.")]
    for grant_id in ids:
        kms_backends[key.account_id][key.region].revoke_grant(key.id, grant_id)
    return {"revoked": len(ids)}
