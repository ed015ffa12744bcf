"""What RDS refuses: invalid names and tags, full quotas, unusable keys.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.rds.exceptions import KMSKeyNotAccessibleFault, RDSClientError
from moto.rds.models import RDSBackend

from aws_switches import switch
from control import control
from identity.kms import find_key
from limits import MAX_TAGS
from rds.snapshots import Kind, Snapshot
from state import registered

NAME = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
LIMITS = {
    "maxInstanceCopiesInFlight": 20,
    "maxClusterCopiesInFlight": 5,
    "manualSnapshotQuota": 100,
    "manualClusterSnapshots": 100,
}
_limits: dict[tuple[str | None, str | None], dict[str, int]] = registered("rds-limits", {})


def refuse(code: str, message: str) -> RDSClientError:
    return RDSClientError(code, message)


def check_name(kind: Kind, parameter: str, name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > kind.max_name_length:
        wanted = "begin with a letter, contain only ASCII letters, digits and single hyphens, and not end with a hyphen"
        raise refuse(
            "InvalidParameterValue",
            f"The parameter {parameter} is not a valid identifier. Identifiers must {wanted}, "
            f"and have at most {kind.max_name_length} characters.",
        )


def check_tags(tags: list[Any] | None, present: list[dict[str, str]] | None = None) -> list[dict[str, str]]:
    """The tags as plain data. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html"""
    plain = [{"Key": tag["Key"], "Value": tag.get("Value") or ""} for tag in tags or []]
    for tag in plain:
        if tag["Key"].lower().startswith(("aws:", "rds:")):
            raise refuse(
                "InvalidParameterValue", f"Tag keys starting with {tag['Key'][:4]} are reserved for system use"
            )
        if not re.fullmatch(r"[\w\s.:/=+@-]{1,128}", tag["Key"]) or not re.fullmatch(
            r"[\w\s.:/=+@-]{0,256}", tag["Value"]
        ):
            raise refuse(
                "InvalidParameterValue", f"The tag {tag['Key']}={tag['Value']} holds characters that are not allowed"
            )
    keys = {tag["Key"] for tag in plain} | {tag["Key"] for tag in present or [] if not tag["Key"].startswith("aws:")}
    if len(keys) > MAX_TAGS:
        message = f"A resource can have at most {MAX_TAGS} tags; this one would have {len(keys)}"
        raise refuse("InvalidParameterValue", message)
    return plain


def limit(backend: RDSBackend, name: str) -> int:
    """The limit that applies in an account and Region: the most specific one that is set."""
    for place in (
        (backend.account_id, backend.region_name),
        (backend.account_id, None),
        (None, backend.region_name),
        (None, None),
    ):
        if name in _limits.get(place, {}):
            return _limits[place][name]
    return LIMITS[name]


def check_room(backend: RDSBackend, kind: Kind) -> None:
    maximum = limit(backend, "manualClusterSnapshots" if kind.cluster else "manualSnapshotQuota")
    if sum(1 for s in kind.store(backend).values() if s.counts) >= maximum:
        # Message as in https://github.com/pbudzon/aws-maintenance/issues/12
        raise refuse("SnapshotQuotaExceeded", f"Cannot create more than {maximum} manual snapshots")


def check_slots(backend: RDSBackend, kind: Kind) -> None:
    maximum = limit(backend, "maxClusterCopiesInFlight" if kind.cluster else "maxInstanceCopiesInFlight")
    if sum(1 for s in kind.store(backend).values() if s.source_arn and s.status == "creating") >= maximum:
        if switch("inFlightSpeaksOfManual"):
            raise refuse("SnapshotQuotaExceeded", f"Cannot have more than {maximum} manual snapshots")
        # Message as in https://github.com/pbudzon/aws-maintenance/issues/19, for copies across Regions.
        # Assumption (in-flight-refusals-differ-from-quota-refusals): a copy within a Region gets the same message.
        raise refuse("SnapshotQuotaExceeded", f"Cannot copy more than {maximum} snapshots across regions")


def usable_key(account: str, region: str, key_id: str) -> str:
    """The ARN of an enabled key of the Region; RDS refuses any other key."""
    key = find_key(account, region, key_id)
    if key is None or key.key_state != "Enabled" or key.region != region:
        raise KMSKeyNotAccessibleFault(key_id)
    return str(key.arn)


def _policy_of(account: str, region: str, key_id: str | None) -> str:
    key = find_key(account, region, key_id) if key_id else None
    return json.dumps(json.loads(key.policy), separators=(",", ":")) if key else ""


def check_key_policies(backend: RDSBackend, source: Snapshot, key_id: str | None) -> None:
    """Refuses a copy by the key policies, where a switch is on. Otherwise the emulator does not judge them."""
    target = _policy_of(backend.account_id, backend.region_name, key_id)
    if switch("denyInKeyBreaksCopies") and '"Effect":"Deny"' in target:
        raise KMSKeyNotAccessibleFault(str(key_id))
    foreign = source.account != backend.account_id
    source_policy = _policy_of(source.account, source.region, source.kms_key_id)
    if not switch("viaServiceOnCopies") and foreign and "kms:ViaService" in source_policy:
        raise KMSKeyNotAccessibleFault(str(source.kms_key_id))
    if switch("refuseAwsOwnedKeyCopies") and source.facts["encryption"] == "sse-rds" and not source.kms_key_id:
        raise refuse(source.kind.invalid_state, "A snapshot under an AWS owned key cannot be copied.")
    if switch("copiesNeedSourceKey") and source.source_arn and source.facts.get("sourceKey"):
        usable_key(source.account, source.region, source.facts["sourceKey"])


def target_key(backend: RDSBackend, source: Snapshot, key_id: str | None) -> str | None:
    """The key of a copy: the requested one, or that of the source where AWS allows it."""
    here = (backend.account_id, backend.region_name)
    check_key_policies(backend, source, key_id)
    if not source.encrypted:
        if key_id and source.kind.cluster:
            raise refuse(
                "InvalidParameterCombination", "An unencrypted DB cluster snapshot cannot be encrypted by copying it."
            )
        return usable_key(*here, key_id) if key_id else None
    if source.kms_key_id:
        usable_key(source.account, source.region, source.kms_key_id)
    if not key_id:
        if source.account != backend.account_id or source.region != backend.region_name:
            raise KMSKeyNotAccessibleFault(source.kms_key_id or "aws-owned")
        return source.kms_key_id
    return usable_key(*here, key_id)


@control("POST", "/rds/limits")
def _set_limits(request: dict[str, Any]) -> dict[str, Any]:
    place = (request.get("account"), request.get("region"))
    _limits.setdefault(place, {}).update({name: int(request[name]) for name in LIMITS if name in request})
    return {name: _limits[place].get(name, LIMITS[name]) for name in LIMITS}
