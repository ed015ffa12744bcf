"""KMS: keys of other accounts by ARN, effective key states, AWS managed keys, tag rules.

Key policies and grants are stored and returned; the rehearsal judges whether they allow a principal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import Key, KmsBackend, kms_backends
from moto.kms.responses import KmsResponse

from clock import CLOCK
from control import Refused, control
from limits import MAX_TAGS, SECONDS_PER_DAY

KEY_ARN = re.compile(r"arn:[\w-]+:kms:([\w-]+):(\d{12}):(key/.+|alias/.+)$")

# https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html ("Cross-account use: Yes")
CROSS_ACCOUNT = {
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GetKeyRotationStatus",
    "GetPublicKey",
    "ListGrants",
    "ReEncrypt",
    "RetireGrant",
    "RevokeGrant",
    "Sign",
    "Verify",
}
NEEDS_ENABLED = {
    "Encrypt",
    "Decrypt",
    "ReEncrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "CreateGrant",
    "Sign",
    "Verify",
}


# Functions to call when a key or a grant may have become unusable.
_watchers: list[Callable[[], None]] = []


def watch(check: Callable[[], None]) -> Callable[[], None]:
    """Calls the function after each change that may make a key unusable."""
    _watchers.append(check)
    return check


def changed() -> None:
    """Reports that a key or a grant may have become unusable."""
    for check in _watchers:
        check()


def find_key(account: str, region: str, key_id: str) -> Key | None:
    """The key for an id or an alias of the account, or for an ARN of any account; None when there is none."""
    arn = KEY_ARN.match(key_id)
    if arn:
        region, account, key_id = arn.group(1), arn.group(2), arn.group(3).removeprefix("key/")
    backend = kms_backends[account][region]
    if key_id.startswith("alias/"):
        found = backend.get_key_id_from_alias(key_id)
        return backend.keys.get(found) if found else None
    return backend.keys.get(key_id)


def is_aws_managed(key: Key | None) -> bool:
    return key is not None and key.key_manager == "AWS"


def _backend(self: KmsResponse) -> KmsBackend:
    """The account whose keys a call uses: that of the key's ARN, for operations that AWS allows across accounts."""
    body = json.loads(self.body or "{}")
    arn = KEY_ARN.match(str(body.get("KeyId") or body.get("DestinationKeyId") or ""))
    if arn and self._get_action() in CROSS_ACCOUNT and arn.group(1) == self.region:
        return kms_backends[arn.group(2)][self.region]
    return kms_backends[self.current_account][self.region]


def _aws_managed_key(self: KmsBackend, alias_name: str) -> str | None:
    """Creates an AWS managed key when a service first needs it."""
    key_id = _moto_default_key(self, alias_name)
    if key_id:
        self.keys[key_id].key_manager = "AWS"
        self.keys[key_id].description = f"Default key of {alias_name}"
        self.keys[key_id].key_rotation_status = True
    return key_id


def _check_tags(tags: list[dict[str, str]] | None) -> None:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#KMS-CreateKey-request-Tags"""
    for tag in tags or []:
        if tag["TagKey"].lower().startswith("aws:"):
            raise JsonRESTError("TagException", "Tag keys that begin with aws: are reserved for AWS.")
    if len(tags or []) > MAX_TAGS:
        raise JsonRESTError("LimitExceededException", f"A key can have at most {MAX_TAGS} tags.")


def _create_key(
    self: KmsBackend, policy: Any, key_usage: str, key_spec: str, description: str, tags: Any, *more: Any
) -> Key:
    _check_tags(tags)
    return _moto_create(self, policy, key_usage, key_spec, description, tags, *more)


def _call_action(self: KmsResponse) -> Any:
    """Refuses the use of a key that is disabled or pending deletion; moto would allow it."""
    if self._get_action() in NEEDS_ENABLED:
        body = json.loads(self.body or "{}")
        key = find_key(self.current_account, self.region, str(body.get("KeyId") or body.get("DestinationKeyId") or ""))
        if key is not None and key.key_state != "Enabled":
            code = "DisabledException" if key.key_state == "Disabled" else "KMSInvalidStateException"
            state = "disabled" if key.key_state == "Disabled" else "pending deletion"
            error = JsonRESTError(code, f"{key.arn} is {state}.")
            return 400, dict(error.get_headers()), error.description
    return _moto_call(self)


def _by_plain_id(name: str) -> None:
    """moto accepts only a key id in these operations; AWS also accepts the ARN."""
    original = getattr(KmsBackend, name)
    setattr(KmsBackend, name, lambda self, key_id, *rest: original(self, self.get_key_id(key_id), *rest))


def _schedule_deletion(self: KmsBackend, key_id: str, pending_window_in_days: int) -> float:
    """Deletes the key at the end of its waiting period, unless the deletion is canceled before."""
    when = _moto_schedule(self, self.get_key_id(key_id), pending_window_in_days)
    key = self.keys[self.get_key_id(key_id)]
    CLOCK.after(pending_window_in_days * SECONDS_PER_DAY, partial(_delete_if_due, self, key, key.deletion_date))
    return when


def _planted(key: Key) -> dict[str, str]:
    """The planted policies of a key besides the default one, by name."""
    return key.__dict__.setdefault("policies_beside", {})


@control("POST", "/kms/policy")
def _plant_policy(request: dict[str, Any]) -> dict[str, Any]:
    """Gives a key a second policy, as AWS RAM does when the key is shared. No call to KMS writes one."""
    key = find_key(request["account"], request["region"], request["key"])
    if key is None:
        raise Refused(f"there is no key {request['key']}", 404)
    _planted(key)[request.get("name", "AWS_RAM")] = request["policy"]
    return {}


def _list_key_policies(self: KmsResponse) -> str:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html"""
    names = json.loads(_moto_list_policies(self))["PolicyNames"]
    key = find_key(self.current_account, self.region, self._get_param("KeyId"))
    return json.dumps({"Truncated": False, "PolicyNames": [*names, *(_planted(key) if key else ())]})


def _get_key_policy(self: KmsResponse) -> str:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html"""
    name = self._get_param("PolicyName") or "default"
    key = find_key(self.current_account, self.region, self._get_param("KeyId"))
    planted = _planted(key).get(name) if key else None
    return _moto_get_policy(self) if planted is None else json.dumps({"Policy": planted, "PolicyName": name})


def _delete_if_due(backend: KmsBackend, key: Any, due: Any) -> None:
    if key.key_state == "PendingDeletion" and key.deletion_date == due:
        backend.delete_key(key.id)


def _watched(name: str) -> None:
    original = getattr(KmsBackend, name)

    @wraps(original)
    def change(self: KmsBackend, *given: Any, **named: Any) -> Any:
        result = original(self, *given, **named)
        changed()
        return result

    setattr(KmsBackend, name, change)


_moto_schedule = KmsBackend.schedule_key_deletion
_moto_default_key = KmsBackend._generate_default_keys
_moto_create = KmsBackend.create_key
_moto_call = KmsResponse.call_action
_moto_list_policies = KmsResponse.list_key_policies
_moto_get_policy = KmsResponse.get_key_policy


def install() -> None:
    KmsResponse.kms_backend = property(_backend)
    KmsResponse.call_action = _call_action
    KmsResponse.list_key_policies = _list_key_policies
    KmsResponse.get_key_policy = _get_key_policy
    KmsResponse._validate_key_policy = lambda *_: None
    KmsBackend._generate_default_keys = _aws_managed_key
    for name in ("disable_key", "enable_key", "cancel_key_deletion"):
        _by_plain_id(name)
    KmsBackend.schedule_key_deletion = _schedule_deletion
    KmsBackend.create_key = _create_key
    for name in ("disable_key", "schedule_key_deletion", "delete_key", "revoke_grant", "retire_grant"):
        _watched(name)
