"""The permissions that a role for backups of databases needs by AWS's documentation, and those that a role lacks.

The source is AWS's own table (recipe.json, dated), independent of the source tooling. Conditions of statements are
ignored: the authorizer of the rehearsal judges them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from moto.iam.models import iam_backends

from aws_switches import switch
from policies import listed, matches_any

RECIPE: dict[str, Any] = json.loads(Path(__file__).with_name("recipe.json").read_text(encoding="utf-8"))


def managed_policy(name: str) -> str | None:
    """The document of AWS's managed policy for backup roles, as far as the table has it; None for another policy."""
    if name != RECIPE["policy"].rsplit("/", 1)[1].removesuffix(".html"):
        return None
    actions = sorted({row["action"] for row in RECIPE["needed"]})
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _statements(account: str, role_arn: str) -> list[dict[str, Any]]:
    name = role_arn.rsplit("/", 1)[1]
    role = next(role for role in iam_backends[account]["aws"].get_roles() if role.name == name)
    managed = [each for policy in role.managed_policies.values() for each in policy.versions if each.is_default]
    documents = [*role.policies.values(), *(version.document for version in managed)]
    parsed = [json.loads(each) if isinstance(each, str) else each for each in documents]
    return [statement for document in parsed for statement in listed(document["Statement"])]


def lacking(role_arn: str, to: str, database: str, vault: str, key: str | None) -> list[str]:
    """The permissions that the role lacks `to` select, back up or expire a database: `ACTION on ARN`."""
    if not switch("backupRoleJudged"):
        return []
    _, _, _, region, account, word, _ = database.split(":", 6)
    kind = "cluster" if word == "cluster" else "instance"
    point = f"arn:aws:rds:{region}:{account}:{'cluster-' if kind == 'cluster' else ''}snapshot:awsbackup:job-any"
    named = {
        "*": ["*"],
        "vault": [f"arn:aws:backup:{region}:{account}:backup-vault:{vault}"],
        "key": [key] if key else [],
        # The managed policy names recovery points of AWS Backup; for a database, the ARN is that of the snapshot.
        "recovery-point": [point, f"arn:aws:backup:{region}:{account}:recovery-point:any"],
    }
    statements = [each for each in _statements(account, role_arn) if each["Effect"] == "Allow"]

    def allowed(action: str, resource: str) -> bool:
        return any(
            matches_any(action, each.get("Action")) and matches_any(resource, each.get("Resource"))
            for each in statements
        )

    missing = []
    for row in RECIPE["needed"]:
        if row["to"] != to or row["for"] not in ("both", kind):
            continue
        resources = named.get(row["on"], [f"arn:aws:rds:{region}:{account}:{row['on']}"])
        if resources and not any(allowed(row["action"], resource) for resource in resources):
            missing.append(f"{row['action']} on {resources[0]}")
    return sorted(set(missing))
