"""The grants by which RDS uses the keys of a copy, and what becomes of the copy when a key or a grant is lost.

RDS makes a grant on each key as a copy is requested, in the name of the requester, and uses the keys by these grants
until the copy is complete: the key of the source, which another account may own, and the key of the copy.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
https://docs.aws.amazon.com/kms/latest/developerguide/grants.html

Assumption (a-copy-fails-when-it-loses-a-key): a copy fails at once when one of its keys is disabled or about to be deleted, or a grant is revoked, and RDS
retires both grants when a copy ends. AWS documents neither; RDS may notice later, or hold keys in memory meanwhile.
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
    """Makes the grants of a copy that was just requested."""
    keys = [find_key(s.account, s.region, s.kms_key_id) for s in (source, copy) if s.kms_key_id]
    service = f"rds.{copy.region}.amazonaws.com"
    for key in {key.arn: key for key in keys if key is not None}.values():
        grant = key.add_grant(f"rds-copy-{copy.name}", service, OPERATIONS, constraints={}, retiring_principal=service)
        copy.grants.append((key.arn, grant.id))


def are_usable(copy: Snapshot) -> bool:
    """Whether every key of a copy is enabled, and none of the grants on them was revoked."""
    keys = [(find_key("", "", arn), grant) for arn, grant in copy.grants]
    return all(key is not None and key.key_state == "Enabled" and grant in key.grants for key, grant in keys)


def retire(copy: Snapshot) -> None:
    """A copy that has ended needs no key of its source any more, and its own by no grant of the copying."""
    for arn, grant in copy.grants:
        key = find_key("", "", arn)
        if key is not None:
            key.retire_grant(grant)
    copy.grants = []


@control("POST", "/rds/revoke-grants")
def _revoke(what: dict[str, Any]) -> dict[str, int]:
    """Revokes every grant on a key by which RDS makes copies, as its owner may at any time."""
    key = find_key("", "", what["keyArn"])
    if key is None:
        raise Refused(f"there is no key {what['keyArn']}", 404)
    ids = [grant.id for grant in list(key.grants.values()) if grant.grantee_principal.startswith("rds.")]
    for grant_id in ids:
        kms_backends[key.account_id][key.region].revoke_grant(key.id, grant_id)
    return {"revoked": len(ids)}
