"""Changes the resources of one stack: creates with rollback, updates in place, deletes or retains.

moto resolves parameters, conditions and intrinsic functions; this module acts on the resources. When a resource fails,
the stack rolls back, with the reason.

Longer than most: creation, update and deletion share one order and one rollback, and are read together.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Event, Stack

from resources.types import Place, find_type, known_type
from stacksets.execution_role import STACK, authorize, authorize_change

RETAINED = ("Retain", "RetainExceptOnCreate")


def refuse_unknown_types(template: dict[str, Any]) -> None:
    """Refuses a template with types that the emulator cannot create, and names them."""
    unknown = sorted({r["Type"] for r in template.get("Resources", {}).values() if find_type(r["Type"]) is None})
    if unknown:
        from gateway import problem

        for name in unknown:
            problem("unsupported-resource-type", name)
        raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _clean(value: Any) -> Any:
    """Removes AWS::NoValue from lists; moto removes it only from objects."""
    if isinstance(value, list):
        return [_clean(item) for item in value if item is not None]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def authorize_stack(account: str, region: str, name: str, handler: str) -> None:
    """Refuses an action on the stack itself that the execution role does not allow."""
    authorize(Place(account, region, "", name, name, STACK), {}, handler)


def _wanted(resources: Any, logical_id: str) -> bool:
    condition = resources._resource_json_map[logical_id].get("Condition")
    return not condition or bool(resources.lazy_condition_map[condition])


def _resolve(resources: Any, logical_id: str) -> dict[str, Any]:
    return _clean(parsing.clean_json(resources._resource_json_map[logical_id].get("Properties", {}), resources))


def _place(resources: Any, logical_id: str, type_name: str) -> Place:
    stack = resources.stack
    return Place(stack.account_id, stack.region_name, stack.stack_id, stack.name, logical_id, type_name)


def _note(
    stack: Stack, logical_id: str, physical_id: str, type_name: str, status: str, reason: str | None = None
) -> None:
    stack.events.append(Event(stack.stack_id, stack.name, logical_id, physical_id, type_name, status, reason, None))


def create_resource(
    logical_id: str, template: dict[str, Any], resources: Any, account_id: str, region_name: str
) -> Any:
    """Creates a resource when moto's resource map first reads it: references are created before."""
    if not _wanted(resources, logical_id):
        return None
    type_name = template["Type"]
    maker = known_type(type_name)
    properties = _resolve(resources, logical_id)
    try:
        authorize(_place(resources, logical_id, type_name), properties, "create")
        resource = maker.create(_place(resources, logical_id, type_name), properties)
    except Exception as fault:
        _note(resources.stack, logical_id, "", type_name, "CREATE_FAILED", _reason(fault))
        raise
    resource.cf_resource_type, resource.logical_resource_id = type_name, logical_id
    if not hasattr(resource, "physical_resource_id"):
        resource.physical_resource_id = logical_id  # some models of moto have none
    resources.applied[logical_id] = (type_name, properties)
    _note(resources.stack, logical_id, str(resource.physical_resource_id), type_name, "CREATE_COMPLETE")
    return resource


def _reason(fault: Exception) -> str:
    if isinstance(fault, KeyError):
        return f"{fault} is required and missing"
    return str(getattr(fault, "message", None) or getattr(fault, "msg", None) or fault or type(fault).__name__)


def with_stack(self: Stack) -> Any:
    """moto's resource map, with its stack and the properties that were applied to each resource."""
    resources = _moto_resource_map(self)
    resources.stack, resources.applied = self, {}
    return resources


def create(self: Stack) -> None:
    """Creates all resources, or none: after a failure it deletes what it created."""
    self.status = "CREATE_IN_PROGRESS"
    self.resource_map._template, self.resource_map._resource_json_map = (
        self.template_dict,
        self.template_dict["Resources"],
    )
    try:
        for logical_id in _in_order(self.template_dict["Resources"]):
            self.resource_map[logical_id]
    except Exception as fault:
        self.stack_status_reason = _reason(fault)
        self._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=self.stack_status_reason)
        _remove(self, list(self.resource_map.applied), keep=("Retain",))
        # It has no outputs: reading one would create its resource again.
        self.output_map = {}
        self.status = "ROLLBACK_COMPLETE"
        self._add_stack_event(self.status)
        return
    self.description = self.template_dict.get("Description")
    self.mark_creation_complete()


def _in_order(resources: dict[str, Any]) -> list[str]:
    """The resources, each after those in its DependsOn; references are followed during creation."""
    ordered: dict[str, None] = {}

    def visit(logical_id: str) -> None:
        needs = resources[logical_id].get("DependsOn", [])
        for need in [needs] if isinstance(needs, str) else needs:
            if need in resources and need not in ordered:
                visit(need)
        ordered[logical_id] = None

    for logical_id in resources:
        visit(logical_id)
    return list(ordered)


def _remove(stack: Stack, logical_ids: list[str], keep: tuple[str, ...] = RETAINED) -> list[str]:
    """Deletes resources in reverse order of creation, except retained ones; returns those that it could not delete."""
    resources, failed = stack.resource_map, []
    for logical_id in reversed(logical_ids):
        type_name, properties = resources.applied[logical_id]
        resource = resources._parsed_resources.get(logical_id)
        policy = resources.policies.get(logical_id) or resources._resource_json_map.get(logical_id, {}).get(
            "DeletionPolicy"
        )
        physical_id = str(getattr(resource, "physical_resource_id", ""))
        if policy in keep:
            _note(stack, logical_id, physical_id, type_name, "DELETE_SKIPPED")
        else:
            try:
                authorize(_place(resources, logical_id, type_name), properties, "delete")
                known_type(type_name).delete(_place(resources, logical_id, type_name), resource, properties)
                _note(stack, logical_id, physical_id, type_name, "DELETE_COMPLETE")
            except Exception as fault:
                _note(stack, logical_id, physical_id, type_name, "DELETE_FAILED", _reason(fault))
                failed.append(logical_id)
                continue
        del resources.applied[logical_id]
        resources._parsed_resources.pop(logical_id, None)
    return failed


def update(self: Stack, template: str, role_arn: str | None = None, parameters: Any = None, tags: Any = None) -> None:
    """Updates in place what the template changes; on failure the stack rolls back."""
    wanted = self.parse_template(template)
    refuse_unknown_types(wanted)
    given = parameters if parameters is not None else self.parameters
    if wanted == self.template_dict and given == self.parameters and (tags is None or tags == self.tags):
        raise ValidationError(message="No updates are to be performed.")
    before = (self.template, self.template_dict, self.parameters)
    self._add_stack_event("UPDATE_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        _apply(self, template, wanted, given)
        self.status, self.stack_status_reason = "UPDATE_COMPLETE", None
    except Exception as fault:
        self.stack_status_reason = _reason(fault)
        self._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", resource_status_reason=self.stack_status_reason)
        try:
            _apply(self, *before)
            self.status = "UPDATE_ROLLBACK_COMPLETE"
        except Exception as again:
            self.status, self.stack_status_reason = "UPDATE_ROLLBACK_FAILED", _reason(again)
    else:
        self.role_arn = role_arn
        self.tags = self.tags if tags is None else tags
    self._add_stack_event(self.status)


def _apply(stack: Stack, text: str, template: dict[str, Any], parameters: Any) -> None:
    resources = stack.resource_map
    resources.policies = {k: v.get("DeletionPolicy") for k, v in resources._resource_json_map.items()}
    stack.template, stack.template_dict, stack.parameters = text, template, parameters
    resources._template, resources._resource_json_map = template, template["Resources"]
    resources.input_parameters, resources.resolved_parameters = parameters or {}, {}
    resources.load_mapping()
    resources.load_parameters()
    resources.load_conditions()
    for logical_id in _in_order(template["Resources"]):
        type_name = template["Resources"][logical_id]["Type"]
        if logical_id in resources.applied and resources.applied[logical_id][0] != type_name:
            _remove(stack, [logical_id])
        if logical_id not in resources.applied:
            resources[logical_id]
        elif _wanted(resources, logical_id):
            _change(stack, logical_id, type_name)
    removed = [i for i in resources.applied if i not in template["Resources"] or not _wanted(resources, i)]
    _remove(stack, removed)
    resources.policies = {}
    stack.output_map = stack._create_output_map()


def _change(stack: Stack, logical_id: str, type_name: str) -> None:
    resources = stack.resource_map
    old, new = resources.applied[logical_id][1], _resolve(resources, logical_id)
    if old == new:
        return
    resource = resources._parsed_resources[logical_id]
    try:
        retained = resources._resource_json_map[logical_id].get("UpdateReplacePolicy") in RETAINED
        authorize_change(_place(resources, logical_id, type_name), new, old, retained)
        changed = known_type(type_name).update(_place(resources, logical_id, type_name), resource, new, old)
    except Exception as fault:
        _note(stack, logical_id, str(resource.physical_resource_id), type_name, "UPDATE_FAILED", _reason(fault))
        resources.applied[logical_id] = (type_name, new)  # perhaps in part: the rollback must include it
        raise
    changed.cf_resource_type, changed.logical_resource_id = type_name, logical_id
    resources._parsed_resources[logical_id] = changed
    resources.applied[logical_id] = (type_name, new)
    _note(stack, logical_id, str(changed.physical_resource_id), type_name, "UPDATE_COMPLETE")


def delete(self: Stack) -> None:
    """Deletes all resources except retained ones; a failure leaves the stack in DELETE_FAILED."""
    self._add_stack_event("DELETE_IN_PROGRESS", resource_status_reason="User Initiated")
    # An output is resolved when it is first read, which would create its deleted resource again: read them all now.
    list(self.output_map.values())
    failed = _remove(self, list(self.resource_map.applied))
    self.status = "DELETE_FAILED" if failed else "DELETE_COMPLETE"
    self.stack_status_reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]." if failed else None
    self._add_stack_event(self.status, resource_status_reason=self.stack_status_reason)


_moto_resource_map = Stack._create_resource_map
