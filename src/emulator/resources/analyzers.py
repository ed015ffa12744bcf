"""Analyzers of IAM Access Analyzer, as CloudFormation creates them. They do not analyze: tests emit their findings.

An account has at most one analyzer of each type in a Region.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html
Assumption (one-analyzer-per-account-and-region): the limit of one also holds for the types other than ACCOUNT; AWS has
higher limits for some of them.
"""

from __future__ import annotations

from typing import Any

from aws_switches import switch
from control import Refused, control
from identity.analyzers import ANALYZERS, ARCHIVE_RULES
from resources.types import Place, Resource, ResourceFailed, ResourceType, resource_type


def _create(account: str, region: str, name: str, kind: str) -> str:
    stem = f"arn:aws:access-analyzer:{region}:{account}:analyzer/"
    if stem + name in ANALYZERS:
        raise ResourceFailed(f"ConflictException: there is already an analyzer {name}")
    same = [arn for arn, other in ANALYZERS.items() if arn.startswith(stem) and other == kind]
    if same and not switch("secondAnalyzer"):
        raise ResourceFailed(
            f"ServiceQuotaExceededException: account {account} has an analyzer of type {kind} in {region}: {same[0]}"
        )
    ANALYZERS[stem + name] = kind
    return stem + name


def _rules(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """The archive rules of a template in the form of the API: the criteria of each property."""
    names = {"Eq": "eq", "Neq": "neq", "Contains": "contains", "Exists": "exists"}
    return [
        {
            "ruleName": rule["RuleName"],
            "filter": {
                one["Property"]: {names[key]: value for key, value in one.items() if key in names}
                for one in rule["Filter"]
            },
        }
        for rule in properties.get("ArchiveRules", [])
    ]


@resource_type("AWS::AccessAnalyzer::Analyzer")
class Analyzer(ResourceType):
    """Ref is its ARN. A change of name or type replaces it: the new one is created before the old one is deleted."""

    def create(self, place: Place, properties: dict[str, Any]) -> Resource:
        name = place.name(properties.get("AnalyzerName"), 255)
        arn = _create(place.account, place.region, name, properties["Type"])
        ARCHIVE_RULES[arn] = _rules(properties)
        return Resource(arn, {"Arn": arn})

    def update(self, place: Place, resource: Any, properties: dict[str, Any], old: dict[str, Any]) -> Any:
        replaced = any(properties.get(name) != old.get(name) for name in ("AnalyzerName", "Type"))
        if replaced:
            return self.create(place, properties)
        ARCHIVE_RULES[resource.physical_resource_id] = _rules(properties)
        return resource

    def delete(self, place: Place, resource: Any, properties: dict[str, Any]) -> None:
        ANALYZERS.pop(resource.physical_resource_id, None)
        ARCHIVE_RULES.pop(resource.physical_resource_id, None)


@control("GET", "/analyzers")
def _list(_: Any) -> dict[str, str]:
    return ANALYZERS


@control("POST", "/analyzers")
def _plant(request: dict[str, Any]) -> dict[str, str]:
    """Creates an analyzer outside any stack."""
    try:
        arn = _create(request["account"], request["region"], request["name"], request.get("type", "ACCOUNT"))
    except ResourceFailed as failure:
        raise Refused(str(failure)) from failure
    ARCHIVE_RULES[arn] = request.get("archiveRules", [])
    return {"arn": arn}


@control("POST", "/analyzers/archive-rules")
def _plant_rule(request: dict[str, Any]) -> list[dict[str, Any]]:
    if request["analyzerArn"] not in ANALYZERS:
        raise Refused(f"there is no analyzer {request['analyzerArn']}")
    rules = ARCHIVE_RULES.setdefault(request["analyzerArn"], [])
    rules.append(request["rule"])
    return rules
