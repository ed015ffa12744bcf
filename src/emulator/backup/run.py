"""Runs deployed backup plans when the rehearsal asks for it: what AWS Backup does at the hour of a rule.

The jobs are those of the rule's next start: a window of RDS that blocks them at that hour fails them now.

The run uses only what is deployed: without the vault, the role or the selection it is refused with the name of what is
missing, and it selects no database without the tag.
"""

from __future__ import annotations

from typing import Any

from moto.backup.models import Plan

from aws_switches import switch
from backup.jobs import start
from backup.recipe import lacking
from backup.schedules import start_of
from backup.selection import picked
from backup.store import candidates, plans, role_exists, store, vault
from clock import CLOCK
from control import Refused, control
from identity.aws_roles import may
from state import registered

DEFAULTS = {"durationSeconds": 600, "eventDelaySeconds": 300}
SETTINGS: dict[str, Any] = registered("backup-timing", dict(DEFAULTS))


def _rules(
    account: str, region: str, plan_name: str | None, rule_name: str | None
) -> list[tuple[Plan, dict[str, Any]]]:
    where = f"account {account}, {region}"
    deployed = plans(account, region)
    named = [plan for plan in deployed if plan_name in (None, plan.backup_plan["BackupPlanName"])]
    if not named:
        names = ", ".join(plan.backup_plan["BackupPlanName"] for plan in deployed) or "none"
        raise Refused(f"there is no backup plan {plan_name or ''} in {where}; deployed: {names}", 409)
    rules = [
        (plan, rule) for plan in named for rule in plan.backup_plan["Rules"] if rule_name in (None, rule["RuleName"])
    ]
    if not rules:
        raise Refused(f"no backup plan in {where} has a rule {rule_name}", 409)
    return rules


def _run_rule(
    plan: Plan, rule: dict[str, Any], request: dict[str, Any], options: dict[str, Any]
) -> list[dict[str, Any]]:
    account, region, name = request["account"], request["region"], plan.backup_plan["BackupPlanName"]
    selections = [s for s in store(account, region).selections.values() if s.plan_id == plan.backup_plan_id]
    if not selections:
        raise Refused(f"backup plan {name} in account {account}, {region} has no selection", 409)
    vault_name = rule["TargetBackupVaultName"]
    if vault(account, region, vault_name) is None:
        raise Refused(f"backup vault {vault_name} of plan {name} does not exist in account {account}, {region}", 409)
    created_by = {
        "backupPlanId": plan.backup_plan_id,
        "backupPlanArn": plan.backup_plan_arn,
        "backupPlanVersion": plan.version_id,
        "backupPlanRuleId": rule["RuleId"],
        "backupPlanName": name,
        "backupRuleName": rule["RuleName"],
    }
    results: list[dict[str, Any]] = []
    for selection in selections:
        role = selection.document["IamRoleArn"]
        if not role_exists(role):
            raise Refused(f"the backup role {role} of plan {name} does not exist", 409)
        blind = switch("tagSelectionNeedsGetResources") and not may(role, "tag:GetResources")
        for database in [] if blind else picked(selection.document, candidates(account, region)):
            # Assumption (backup-selects-by-tag-without-get-resources): a database that the role may not find is not
            # selected, and no job reports it.
            if lacking(role, "select", database.arn, vault_name, None):
                continue
            if request.get("databases") is None or database.arn in request["databases"]:
                job = start(
                    account,
                    region,
                    vault_name,
                    database.arn,
                    role,
                    rule.get("RecoveryPointTags") or {},
                    rule.get("Lifecycle") or {},
                    created_by,
                    {
                        **options,
                        "copyActions": rule.get("CopyActions"),
                        "startsAt": start_of(rule, CLOCK.now()),
                        "typeIsNamed": "*" not in (selection.document.get("Resources") or ["*"]),
                    },
                )
                results.append(
                    {
                        "jobId": job.id,
                        "resourceArn": job.resource_arn,
                        "state": job.state,
                        "plan": name,
                        "rule": rule["RuleName"],
                        "recoveryPointArn": job.recovery_point_arn,
                        "statusMessage": job.status_message,
                        "obstacle": job.obstacle,
                    }
                )
    return results


@control("POST", "/backup/run")
def _run(request: dict[str, Any]) -> list[dict[str, Any]]:
    rules = _rules(request["account"], request["region"], request.get("planName"), request.get("rule"))
    options = {**SETTINGS, **{k: request[k] for k in (*DEFAULTS, "fail") if k in request}}
    results = [result for plan, rule in rules for result in _run_rule(plan, rule, request, options)]
    reached = {result["resourceArn"] for result in results}
    left = [arn for arn in request.get("databases") or [] if arn not in reached]
    return results + [
        {"jobId": None, "resourceArn": arn, "state": "NOT_SELECTED", "recoveryPointArn": None} for arn in left
    ]


@control("POST", "/backup/settings")
def _set(request: dict[str, Any]) -> dict[str, Any]:
    """Sets the default duration of jobs and the default delay of the events of AWS Backup."""
    SETTINGS.update({key: request[key] for key in DEFAULTS if key in request})
    return SETTINGS
