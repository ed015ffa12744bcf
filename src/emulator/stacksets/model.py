"""The records of StackSets, and the accounts of a deployment target.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlparse

from moto.cloudformation.exceptions import ValidationError
from moto.core.exceptions import ServiceException
from moto.moto_api._internal import mock_random
from moto.organizations.models import OrganizationsBackend
from moto.s3.models import s3_backends

from clock import CLOCK
from control import Refused, control
from limits import STACKSETS_PRINCIPAL
from organization.organizations import ancestors, management_of, organization_of
from state import registered

MAX_BODY_BYTES = 51_200
MAX_S3_TEMPLATE_BYTES = 1_048_576


class StackSetsError(ServiceException):
    """An error of the StackSets API, with its code in the API."""


@dataclass
class Instance:
    """The stack of a set in one account and Region; `unit` is the OU of the target, not the account's OU now."""

    account: str
    region: str
    unit: str
    overrides: dict[str, str] = field(default_factory=dict)
    stack_id: str | None = None
    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str | None = None
    last_operation: str | None = None
    made_in: str | None = None


@dataclass
class Operation:
    id: str
    action: str
    request: Any
    preferences: dict[str, Any]
    targets: dict[str, Any]
    retain: bool = False
    overrides: dict[str, str] | None = None
    status: str = "QUEUED"
    reason: str | None = None
    created: datetime = field(default_factory=CLOCK.now)
    ended: datetime | None = None
    results: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


@dataclass
class StackSet:
    name: str
    account: str
    region: str
    template: str
    parameters: dict[str, str]
    tags: dict[str, str]
    permission_model: str
    managed: bool
    auto_deployment: dict[str, Any] | None
    description: str | None
    capabilities: list[str]
    role_template: str | None = None
    id: str = ""
    status: str = "ACTIVE"
    instances: dict[tuple[str, str], Instance] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = f"{self.name}:{mock_random.uuid4()}"

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stackset/{self.id}"


_sets: dict[tuple[str, str], dict[str, StackSet]] = registered("stack-sets-made", {})


def all_of(account: str, region: str) -> list[StackSet]:
    return list(_sets.get((account, region), {}).values())


def add(made: StackSet) -> StackSet:
    here = _sets.setdefault((made.account, made.region), {})
    if any(known.name == made.name and known.status == "ACTIVE" for known in here.values()):
        raise StackSetsError("NameAlreadyExistsException", f"The Name {made.name} already exists")
    here[made.id] = made
    return made


def find(account: str, region: str, name: str) -> StackSet:
    for known in all_of(account, region):
        if name in (known.name, known.id, known.arn) and known.status == "ACTIVE":
            return known
    raise StackSetsError("StackSetNotFoundException", f"StackSet {name} not found")


@control("POST", "/stacksets/instance")
def _plant(request: dict[str, Any]) -> dict[str, Any]:
    """Sets `status`, `detailed` and `reason` of a stack instance, for states that StackSets sometimes leaves."""
    key = (request["account"], request["region"])
    found = [i for here in _sets.values() for s in here.values() for i in s.instances.values()]
    planted = [i for i in found if (i.account, i.region) == key]
    if not planted:
        raise Refused(f"there is no stack instance in {key[0]} and {key[1]}", 404)
    for instance in planted:
        for name in ("status", "detailed", "reason"):
            setattr(instance, name, request.get(name, getattr(instance, name)))
    return {"planted": len(planted)}


def check_may_manage(account: str, permission_model: str) -> None:
    """Requires the management account (or a delegated administrator) and trusted access for a service-managed set."""
    if permission_model != "SERVICE_MANAGED":
        raise ValidationError(message="Only the permission model SERVICE_MANAGED is emulated")
    management = management_of(account)
    if management is None:
        raise ValidationError(message="You must be in an organization to use the permission model SERVICE_MANAGED")
    backend = organization_of(management)
    if account != management and not any(admin.account.id == account for admin in backend.admins):
        raise ValidationError(
            message="Only the management account or a delegated administrator can use SERVICE_MANAGED"
        )
    if not any(service["ServicePrincipal"] == STACKSETS_PRINCIPAL for service in backend.services):
        raise ValidationError(message="You must enable organizations access to operate a service managed stack set")


def template_text(body: str | None, url: str | None) -> str | None:
    """The template, given as text or by the URL of an object in the emulated S3; None when neither is given."""
    if url:
        return _from_s3(url)
    if body and len(body.encode()) > MAX_BODY_BYTES:
        raise ValidationError(message=f"TemplateBody has at most {MAX_BODY_BYTES} bytes; upload the template to S3.")
    return body


def _from_s3(url: str) -> str:
    parsed = urlparse(url)
    host, path = parsed.hostname or "", parsed.path.lstrip("/")
    in_path = host.startswith(("s3.", "s3-", "127.", "localhost"))
    bucket, key = path.split("/", 1) if in_path else (host.split(".s3", 1)[0], path)
    found = next((a["aws"].buckets[bucket] for a in s3_backends.values() if bucket in a["aws"].buckets), None)
    stored = found.keys.get(key) if found else None
    if stored is None:
        raise ValidationError(message=f"S3 error: the template {url} does not exist.")
    text = stored.value.decode()
    if len(text.encode()) > MAX_S3_TEMPLATE_BYTES:
        raise ValidationError(message=f"A template has at most {MAX_S3_TEMPLATE_BYTES} bytes.")
    return str(text)


def targeted(owner: str, targets: dict[str, Any]) -> dict[str, str]:
    """The accounts of targets now, each with the OU of the target; never the management account."""
    backend = organization_of(str(management_of(owner)))
    units = targets.get("OrganizationalUnitIds") or []
    if not units:
        raise ValidationError(message="OrganizationalUnitIds are required")
    for unit in units:
        if unit not in [ou.id for ou in backend.ou]:
            raise ValidationError(message=f"Organizational unit {unit} does not exist")
    inside = {
        account.id: through
        for account in backend.accounts
        if account.id != backend.account_id and account.state != "CLOSED"
        for through in [_through(backend, account.parent_id, units)]
        if through
    }
    return {account: unit for account, unit in inside.items() if wanted(account, targets)}


def parent_of(owner: str, account: str) -> str | None:
    """The OU or root that an account is in now."""
    known = organization_of(str(management_of(owner))).accounts
    return next((str(one.parent_id) for one in known if one.id == account), None)


def _through(backend: OrganizationsBackend, parent: str, units: list[str]) -> str | None:
    return next((unit for unit in reversed(ancestors(backend, parent)) if unit in units), None)


def wanted(account: str, targets: dict[str, Any]) -> bool:
    """Whether an account passes the filter. NONE ignores the named accounts: the target is the whole OU."""
    named, kind = _named(targets), targets.get("AccountFilterType") or "NONE"
    if kind == "UNION":
        raise ValidationError(message="AccountFilterType UNION is not supported for this operation")
    return {"NONE": True, "INTERSECTION": account in named, "DIFFERENCE": account not in named}[kind]


def _named(targets: dict[str, Any]) -> set[str]:
    if targets.get("AccountsUrl"):
        text = _from_s3(targets["AccountsUrl"])
        return set(json.loads(text) if text.lstrip().startswith("[") else text.replace(",", " ").split())
    return set(targets.get("Accounts") or [])
