"""Whose call it is: an access key id of twelve digits is an account, keys from AssumeRole act in the role's account."""

from __future__ import annotations

import re

from moto.core.responses import BaseResponse
from moto.iam import models as iam

from state import kept

ACCOUNT = re.compile(r"\d{12}")
_in_moto = iam.get_account_id_from
_issued: dict[str, str] = kept("access-keys", {})


def account_of(access_key_id: str) -> str:
    """The account an access key acts in. A key nobody issued acts in moto's default account, 123456789012."""
    if ACCOUNT.fullmatch(access_key_id or ""):
        return access_key_id
    if access_key_id not in _issued:
        account = _in_moto(access_key_id)
        if account == "123456789012":
            return account
        _issued[access_key_id] = account
    return _issued[access_key_id]


def install() -> None:
    BaseResponse.access_key_regex = re.compile(
        r"AWS.*(?P<access_key>(?<![A-Z0-9])(?:[A-Z0-9]{20}|\d{12})(?![A-Z0-9]))[:/]"
    )
    iam.get_account_id_from = account_of
    # moto writes the last use of every key on every call; with hundreds of accounts that is most of a call's time
    iam.mark_account_as_visited = lambda **_: None
