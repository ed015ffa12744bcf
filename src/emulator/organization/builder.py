"""Builds a whole organization from a description, with the ids of the description."""

from __future__ import annotations

from typing import Any

from moto.organizations import utils
from moto.organizations.models import FakeAccount, FakeOrganizationalUnit, OrganizationsBackend, organizations_backends

from clock import CLOCK, parse_iso
from control import Refused, control
from limits import STACKSETS_PRINCIPAL


@control("POST", "/organization")
def _build(request: dict[str, Any]) -> dict[str, Any]:
    """Builds a whole organization: OUs and accounts with the given ids, in any number and depth."""
    backend = organizations_backends[request["management"]]["aws"]
    if backend.org:
        raise Refused(f"account {request['management']} already manages an organization; reset first", 409)
    backend.create_organization("us-east-1")
    organization, root = backend.org, backend.ou[0]
    organization.id = request.get("organizationId", organization.id)
    root.id = organization.root_id = request.get("rootId", organization.root_id)
    root.organization_id = organization.id
    names = {"root": root.id, root.id: root.id}
    for unit in request.get("ous", []):
        made = FakeOrganizationalUnit(organization, Name=unit["name"], ParentId=names[unit.get("parent", "root")])
        made.id = unit.get("id", made.id)
        names[made.id] = names[unit["name"]] = made.id
        backend.ou.append(made)
    backend.accounts[0].organization_id = organization.id
    for principal in request.get("trustedServices", [STACKSETS_PRINCIPAL]):
        backend.enable_aws_service_access(ServicePrincipal=principal)
    for account in request.get("accounts", []):
        _add_account(backend, account, names[account.get("ou", "root")])
    return {"organizationId": organization.id, "rootId": root.id, "accounts": len(backend.accounts)}


def _add_account(backend: OrganizationsBackend, given: dict[str, Any], parent: str) -> None:
    """Adds an account with the given id; the management account already exists and only gets the given attributes."""
    known = next((account for account in backend.accounts[:1] if account.id == given["id"]), None)
    account = known or FakeAccount.__new__(FakeAccount)
    if known is None:
        organization = backend.org
        account.__dict__.update(
            type="ACCOUNT",
            region=organization.region,
            organization_id=organization.id,
            master_account_id=organization.master_account_id,
            id=given["id"],
            attached_policies=[],
            create_account_status_id=utils.make_random_create_account_status_id(),
            status="ACTIVE",
            joined_method="CREATED",
        )
        backend.accounts.append(account)
        organizations_backends.master_accounts[account.id] = (backend.account_id, "aws")
    account.name = given.get("name", f"account-{given['id']}")
    account.email = given.get("email", f"{given['id']}@example.com")
    account.create_time = parse_iso(given["joined"]) if "joined" in given else CLOCK.now()
    account.state, account.parent_id, account.tags = given.get("state", "ACTIVE"), parent, dict(given.get("tags", {}))
