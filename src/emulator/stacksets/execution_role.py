"""What CloudFormation may do in an account as the execution role of a StackSet.

CloudFormation needs the permissions of a resource type's handlers to create, update and delete a resource of a stack
instance. Checkvalve sends the table of these permissions. The policy comes from the template of the role, or from
Checkvalve where StackSets uses its own administrator role. A statement with an unknown operator or condition key
does not match.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from moto.cloudformation.exceptions import ValidationError

from control import control
from policies import listed
from resources.types import Place, ResourceFailed, tags_of
from state import registered

# `property`: whether AWS::CloudFormation::StackSet accepts the template of a role, which AWS does not document.
ROLE: dict[str, Any] = registered("execution-role", {"document": None, "handlers": {}, "property": "refused"})
_acting: list[dict[str, Any]] = []
STACK = "stack"


def document_of(role_template: str | None) -> dict[str, Any] | None:
    """The policy of the role in the template of an execution role."""
    if not role_template:
        return None
    roles = [r for r in json.loads(role_template)["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    if len(roles) != 1:
        raise ValidationError(message="The execution role template must hold one role")
    policies = [policy["PolicyDocument"] for policy in roles[0]["Properties"].get("Policies", [])]
    return {"Statement": [statement for policy in policies for statement in policy["Statement"]]}


@contextmanager
def acting_as(role_template: str | None) -> Iterator[None]:
    """Authorizes by the role while StackSets works in a member account; without a role or a document, not at all."""
    document = document_of(role_template) or ROLE["document"]
    _acting.append({"document": document, "name": _name_of(role_template)})
    try:
        yield
    finally:
        _acting.pop()


def _name_of(role_template: str | None) -> str:
    if not role_template:
        return "stacksets-exec-administrator"
    (role,) = [r for r in json.loads(role_template)["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    return str(role["Properties"].get("RoleName", "stacksets-exec-generated"))


def authorize_change(place: Place, new: dict[str, Any], old: dict[str, Any], retained: bool) -> None:
    """Refuses an update that the role does not allow: in place, or as a replacement, that is a creation and a deletion.

    On AWS an update succeeds even when the old resource cannot be deleted afterwards, and leaves that resource. Here
    the update fails, so that a test finds the missing permission.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    """
    replaced_by = (ROLE["handlers"].get(place.type) or {}).get("replacedBy", [])
    if all(old.get(name) == new.get(name) for name in replaced_by):
        authorize(place, {**old, **new}, "update")
        return
    authorize(place, new, "create")
    if not retained:
        authorize(place, old, "delete")


def authorize(place: Place, properties: dict[str, Any], handler: str) -> None:
    """Refuses what the role does not allow, with CloudFormation's message."""
    if not _acting or _acting[-1]["document"] is None:
        return
    handlers = ROLE["handlers"].get(place.type)
    if handlers is None:
        raise ResourceFailed(
            f"The table has no permissions for the handlers of {place.type}: add the type to the table"
        )
    for permission in handlers[handler]:
        for resource in _resources(permission, place, properties, handlers.get("nameProperty")):
            context = _context(permission, place, properties, resource)
            named = "*" if permission["on"] == "*" else resource
            if not _allows(permission["action"], named, context, place.account):
                raise ResourceFailed(
                    f"User: arn:aws:sts::{place.account}:assumed-role/{_acting[-1]['name']}/stackset is not authorized "
                    f"to perform: {permission['action']} on resource: {named} because no identity-based policy allows "
                    f"the {permission['action']} action"
                )


def _filled(arn: str, place: Place, name: str) -> str:
    return arn.replace("{account}", place.account).replace("{region}", place.region).replace("{name}", name)


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _resources(
    permission: dict[str, Any], place: Place, properties: dict[str, Any], name_property: str | None
) -> list[str]:
    """The resources of a call: the resource itself, by its name, or those that a property names."""
    target = permission["on"] if permission["on"] != "*" else None
    shape = target["arn"] if target else next((v for v in (permission.get("when") or {}).values() if ":" in v), "*")
    if not permission.get("property"):
        own = properties.get(name_property or "") or f"{place.stack_name}-{place.logical_id}-NEW"
        return [_filled(shape, place, str(own))]
    named = _at(properties, permission["property"])
    values = named if isinstance(named, list) else [named]
    return [v if str(v).startswith("arn:") else _filled(shape, place, str(v).rsplit("/", 1)[-1]) for v in values]


def _context(permission: dict[str, Any], place: Place, properties: dict[str, Any], resource: str) -> dict[str, str]:
    """The condition keys of a call: the tags of the resource, and the keys that the table has for the call."""
    tags = {**tags_of({"Tags": properties.get("BackupPlanTags")}), **tags_of(properties)}
    context = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    for key, value in (permission.get("when") or {}).items():
        if not key.startswith("aws:ResourceTag/"):
            context[key] = resource if ":" in value else value
    return context


def _allows(action: str, resource: str, context: dict[str, str], account: str) -> bool:
    here = {key: _own(value, account) for key, value in context.items()}
    return any(_matches(s, action, _own(resource, account), here) for s in _acting[-1]["document"]["Statement"])


def _own(arn: str, account: str) -> str:
    """An ARN with the account id replaced by the pseudo parameter of the policy, which is the same in all accounts."""
    return arn.replace(f":{account}:", ":${AWS::AccountId}:", 1)


def _matches(statement: dict[str, Any], action: str, resource: str, context: dict[str, str]) -> bool:
    if statement.get("Effect") != "Allow" or "NotAction" in statement or "NotResource" in statement:
        return False
    return (
        action in listed(statement["Action"])
        and any(_like(_text(pattern), resource) for pattern in listed(statement["Resource"]))
        and all(
            _holds(operator, key, _text(value), context)
            for operator, keys in (statement.get("Condition") or {}).items()
            for key, value in keys.items()
        )
    )


def _holds(operator: str, key: str, value: str, context: dict[str, str]) -> bool:
    if key not in context:
        return False
    return {"StringEquals": context[key] == value, "ArnLike": _like(value, context[key])}.get(operator, False)


def _text(value: Any) -> str:
    return str(value["Fn::Sub"] if isinstance(value, dict) else value)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."))


def _like(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


@control("POST", "/stacksets/execution-role")
def _set(request: dict[str, Any]) -> dict[str, Any]:
    """Sets the policy, the permissions of the handlers, and whether the property is `taken` or `refused`."""
    ROLE.update({key: request[key] for key in ROLE if key in request})
    return {"statements": len((ROLE["document"] or {}).get("Statement", [])), "property": ROLE["property"]}
