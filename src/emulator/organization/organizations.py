"""Organizations: paths, states, AWS's paging, and the events of each call.

Only the management account and delegated administrators can read it; any other account is refused, as on AWS.

Longer than most: one short function per call of the API.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from moto.organizations import utils
from moto.organizations.exceptions import (
    AccountNotFoundException,
    AWSOrganizationsNotInUseException,
    DuplicateOrganizationalUnitException,
    OrganizationsClientError,
)
from moto.organizations.models import (
    FakeAccount,
    FakeDelegatedAdministrator,
    OrganizationsBackend,
    organizations_backends,
)
from moto.organizations.responses import OrganizationsResponse

from clock import CLOCK, epoch
from control import control
from limits import STACKSETS_PRINCIPAL
from operations import operation, page
from organization import events
from state import registered

CLOSING_SECONDS = 60
ANY_ACCOUNT_MAY = {"DescribeOrganization", "CreateOrganization"}


def management_of(account: str) -> str | None:
    """The management account of an account's organization; None for an account without organization."""
    if organizations_backends[account]["aws"].org:
        return account
    owner = organizations_backends.master_accounts.get(account)
    return owner[0] if owner else None


def organization_of(management: str) -> OrganizationsBackend:
    return organizations_backends[management]["aws"]


def member(backend: OrganizationsBackend, account_id: str) -> FakeAccount:
    """The account with an id, in constant time: organizations have thousands of accounts."""
    index = backend.__dict__.setdefault("members", {})
    if len(index) != len(backend.accounts):
        index.clear()
        index.update({account.id: account for account in backend.accounts})
    if account_id not in index:
        raise AccountNotFoundException
    return index[account_id]


def ancestors(backend: OrganizationsBackend, parent_id: str) -> list[str]:
    """The ids from the root down to that parent."""
    parents = {ou.id: ou.parent_id for ou in backend.ou}
    chain: list[str] = []
    at: str | None = parent_id
    while at:
        chain.insert(0, at)
        at = parents.get(at)
    return chain


def _describe(backend: OrganizationsBackend, account: FakeAccount) -> dict[str, Any]:
    path = "/".join([backend.org.id, *ancestors(backend, account.parent_id), account.id])
    described = {**account.describe(), "State": account.state, "Paths": [f"{path}/"]}
    described["Status"] = "SUSPENDED" if account.state == "CLOSED" else account.state
    return described


def _backend(self: OrganizationsResponse) -> OrganizationsBackend:
    own, action = organizations_backends[self.current_account]["aws"], self._get_action()
    if own.org or action in ANY_ACCOUNT_MAY:
        return own
    management = management_of(self.current_account)
    if management is None:
        raise AWSOrganizationsNotInUseException
    owner = organization_of(management)
    reads = action.startswith(("List", "Describe"))
    if reads and any(admin.account.id == self.current_account for admin in owner.admins):
        return owner
    raise OrganizationsClientError("AccessDeniedException", "You don't have permissions to access this resource.")


def _paged(call: OrganizationsResponse, key: str, items: list[Any]) -> dict[str, Any]:
    """At most twenty a page. https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html"""
    size = min(int(call.params.get("MaxResults") or 20), 20)
    shown, token = page(items, size, call.params.get("NextToken"))
    return {key: shown, "NextToken": token}


@operation(OrganizationsResponse, "ListAccounts")
def _list_accounts(call: OrganizationsResponse) -> dict[str, Any]:
    backend = call.organizations_backend
    result = _paged(call, "Accounts", backend.accounts)
    return {**result, "Accounts": [_describe(backend, account) for account in result["Accounts"]]}


@operation(OrganizationsResponse, "ListAccountsForParent")
def _list_for_parent(call: OrganizationsResponse) -> dict[str, Any]:
    backend = call.organizations_backend
    parent = backend.validate_parent_id(call.params["ParentId"])
    result = _paged(call, "Accounts", [account for account in backend.accounts if account.parent_id == parent])
    return {**result, "Accounts": [_describe(backend, account) for account in result["Accounts"]]}


@operation(OrganizationsResponse, "DescribeAccount")
def _describe_account(call: OrganizationsResponse) -> dict[str, Any]:
    backend = call.organizations_backend
    return {"Account": _describe(backend, member(backend, call.params["AccountId"]))}


@operation(OrganizationsResponse, "ListOrganizationalUnitsForParent")
def _list_units(call: OrganizationsResponse) -> dict[str, Any]:
    backend = call.organizations_backend
    parent = backend.validate_parent_id(call.params["ParentId"])
    units = [{"Id": ou.id, "Arn": ou.arn, "Name": ou.name} for ou in backend.ou if ou.parent_id == parent]
    return _paged(call, "OrganizationalUnits", units)


@operation(OrganizationsResponse, "ListChildren")
def _list_children(call: OrganizationsResponse) -> dict[str, Any]:
    return _paged(call, "Children", call.organizations_backend.list_children(**call.params)["Children"])


@operation(OrganizationsResponse, "CreateOrganizationalUnit")
def _create_unit(call: OrganizationsResponse) -> dict[str, Any]:
    backend = call.organizations_backend
    if any(ou.parent_id == call.params["ParentId"] and ou.name == call.params["Name"] for ou in backend.ou):
        raise DuplicateOrganizationalUnitException
    made = backend.create_organizational_unit(**call.params)
    events.api_call(backend.account_id, "CreateOrganizationalUnit", _lower(call.params), _lower(made))
    return made


@operation(OrganizationsResponse, "CreateAccount")
def _create_account(call: OrganizationsResponse) -> dict[str, Any]:
    backend = call.organizations_backend
    made = backend.create_account(**call.params)
    account_id = made["CreateAccountStatus"]["AccountId"]
    status = {"id": made["CreateAccountStatus"]["Id"], "state": "SUCCEEDED", "accountId": account_id}
    events.service_event(backend.account_id, "CreateAccountResult", {"createAccountStatus": status})
    joined = {"accountId": account_id, "joinedMethod": "Created", "joinedTime": epoch(CLOCK.now())}
    events.service_event(backend.account_id, "AccountJoinedOrganization", joined)
    return made


@operation(OrganizationsResponse, "MoveAccount")
def _move(call: OrganizationsResponse) -> None:
    backend, wanted = call.organizations_backend, call.params
    account = member(backend, wanted["AccountId"])
    if account.parent_id != wanted["SourceParentId"]:
        raise OrganizationsClientError("SourceParentNotFoundException", "The source parent does not hold the account.")
    if wanted["DestinationParentId"] not in [ou.id for ou in backend.ou]:
        raise OrganizationsClientError("DestinationParentNotFoundException", "The destination parent does not exist.")
    account.parent_id = wanted["DestinationParentId"]
    events.api_call(backend.account_id, "MoveAccount", _lower(wanted))


@operation(OrganizationsResponse, "CloseAccount")
def _close(call: OrganizationsResponse) -> None:
    """Sets the account to PENDING_CLOSURE, and after a minute to SUSPENDED with an event."""
    backend, account_id = call.organizations_backend, call.params["AccountId"]
    account = member(backend, account_id)
    if account.state != "ACTIVE":
        raise OrganizationsClientError("AccountAlreadyClosedException", "The account is already closed.")
    account.state = "PENDING_CLOSURE"
    events.api_call(backend.account_id, "CloseAccount", {"accountId": account_id})
    CLOCK.after(CLOSING_SECONDS, partial(_suspend, account, backend.account_id))


def _suspend(account: Any, management: str) -> None:
    account.state = "SUSPENDED"
    status = {"accountId": account.id, "state": "SUCCEEDED"}
    events.service_event(management, "CloseAccountResult", {"closeAccountStatus": status})


@control("POST", "/organization/account")
def _plant(request: dict[str, Any]) -> dict[str, Any]:
    """Sets an account's state. AWS Support can reopen a suspended account; AWS documents no event for that.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html
    """
    found = member(organization_of(str(management_of(request["account"]))), request["account"])
    found.state = request["state"]
    return {"account": found.id, "state": found.state}


@operation(OrganizationsResponse, "RemoveAccountFromOrganization")
def _remove(call: OrganizationsResponse) -> None:
    backend, account_id = call.organizations_backend, call.params["AccountId"]
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging.html
    member(backend, account_id).tags.clear()
    backend.remove_account_from_organization(AccountId=account_id)
    events.api_call(backend.account_id, "RemoveAccountFromOrganization", {"accountId": account_id})
    departed = {"accountId": account_id, "departureMethod": "Removed", "departedTime": epoch(CLOCK.now())}
    events.service_event(backend.account_id, "AccountDepartedOrganization", departed)


@operation(OrganizationsResponse, "TagResource")
def _tag(call: OrganizationsResponse) -> None:
    backend = call.organizations_backend
    if any(tag["Key"].lower().startswith("aws:") for tag in call.params["Tags"]):
        raise OrganizationsClientError("InvalidInputException", "You can't use the reserved prefix aws: in a tag key.")
    backend.tag_resource(**call.params)
    _emit_tag_events(backend, "TagResource", call.params, [tag["Key"] for tag in call.params["Tags"]])


@operation(OrganizationsResponse, "UntagResource")
def _untag(call: OrganizationsResponse) -> None:
    backend = call.organizations_backend
    backend.untag_resource(**call.params)
    _emit_tag_events(backend, "UntagResource", call.params, list(call.params["TagKeys"]))


def _emit_tag_events(backend: OrganizationsBackend, name: str, request: dict[str, Any], keys: list[str]) -> None:
    events.api_call(backend.account_id, name, _lower(request))
    if re.fullmatch(r"\d{12}", request["ResourceId"]):
        account = member(backend, request["ResourceId"])
        events.tags_changed(backend.account_id, account.arn, keys, dict(account.tags))


@operation(OrganizationsResponse, "ListTagsForResource")
def _list_tags(call: OrganizationsResponse) -> dict[str, Any]:
    backend, resource = call.organizations_backend, call.params["ResourceId"]
    tags = member(backend, resource).tags if re.fullmatch(r"\d{12}", resource) else None
    if tags is None:
        return backend.list_tags_for_resource(ResourceId=resource)
    return _paged(call, "Tags", [{"Key": key, "Value": value} for key, value in tags.items()])


def _lower(value: Any) -> Any:
    """CloudTrail writes parameters in lower camel case."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _lower(item) for key, item in value.items()}
    return [_lower(item) for item in value] if isinstance(value, list) else value


registered("organizations", organizations_backends.master_accounts)


def install() -> None:
    OrganizationsResponse.organizations_backend = property(_backend)
    OrganizationsBackend.get_account_by_id = member
    # moto's list of services for delegated administrators lacks those that can change member accounts
    FakeDelegatedAdministrator.SUPPORTED_SERVICES += [
        STACKSETS_PRINCIPAL,
        "account.amazonaws.com",
        "iam.amazonaws.com",
        "sso.amazonaws.com",
    ]
    # every id that AWS allows, not only the ids that moto generates
    utils.OU_ID_REGEX, utils.ROOT_ID_REGEX = r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}", r"r-[a-z0-9]{4,32}"
