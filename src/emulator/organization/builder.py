"""Builds an organization whole from a description, with the ids that it gives."""

from __future__ import annotations

from typing import Any

from moto.organizations import utils
from moto.organizations.models import FakeAccount, FakeOrganizationalUnit, OrganizationsBackend, organizations_backends

from clock import CLOCK, parse_iso
from control import Refused, control

TRUSTED_BY_DEFAULT = "member.org.stacksets.cloudformation.amazonaws.com"


@control("POST", "/organization")
def _build(what: dict[str, Any]) -> dict[str, Any]:
    """Builds an organization whole: units and accounts with the ids given, in any number and depth."""
    backend = organizations_backends[what["management"]]["aws"]
    if backend.org:
        raise Refused(f"account {what['management']} already manages an organization; reset first", 409)
    backend.create_organization("us-east-1")
    organization, root = backend.org, backend.ou[0]
    organization.id = what.get("organizationId", organization.id)
    root.id = organization.root_id = what.get("rootId", organization.root_id)
    root.organization_id = organization.id
    names = {"root": root.id, root.id: root.id}
    for unit in what.get("ous", []):
        made = FakeOrganizationalUnit(organization, Name=unit["name"], ParentId=names[unit.get("parent", "root")])
        made.id = unit.get("id", made.id)
        names[made.id] = names[unit["name"]] = made.id
        backend.ou.append(made)
    backend.accounts[0].organization_id = organization.id
    for principal in what.get("trustedServices", [TRUSTED_BY_DEFAULT]):
        backend.enable_aws_service_access(ServicePrincipal=principal)
    for account in what.get("accounts", []):
        _admit(backend, account, names[account.get("ou", "root")])
    return {"organizationId": organization.id, "rootId": root.id, "accounts": len(backend.accounts)}


def _admit(backend: OrganizationsBackend, given: dict[str, Any], parent: str) -> None:
    """An account with a chosen id. The management account is there already and only takes on what is given."""
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
