"""The account of a call: an access key id of twelve digits is an account; AssumeRole keys act in the role's account."""

from __future__ import annotations

import re

from moto.core.responses import BaseResponse
from moto.iam import models as iam

from state import registered

ACCOUNT = re.compile(r"\d{12}")
_moto_original = iam.get_account_id_from
_issued: dict[str, str] = registered("access-keys", {})


def account_of(access_key_id: str) -> str:
    """The account that an access key acts in; moto's default account, 123456789012, for a key that was not issued."""
    if ACCOUNT.fullmatch(access_key_id or ""):
        return access_key_id
    if access_key_id not in _issued:
        account = _moto_original(access_key_id)
        if account == "123456789012":
            return account
        _issued[access_key_id] = account
    return _issued[access_key_id]


def install() -> None:
    BaseResponse.access_key_regex = re.compile(
        r"AWS.*(?P<access_key>(?<![A-Z0-9])(?:[A-Z0-9]{20}|\d{12})(?![A-Z0-9]))[:/]"
    )
    iam.get_account_id_from = account_of
    # moto records the last use of every key on every call; with hundreds of accounts that takes most of a call's time
    iam.mark_account_as_visited = lambda **_: None
