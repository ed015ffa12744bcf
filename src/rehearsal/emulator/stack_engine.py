"""CloudFormation's work on a stack: create with rollback, update in place, delete with what is to be retained.

moto resolves parameters, conditions and intrinsic functions; what happens to the resources is decided here. A template
with a type that cannot be created is refused by name; a resource that fails rolls the stack back with its reason.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Event, Stack
from moto.cloudformation.utils import generate_stack_id
from resource_types import Place, find_type

RETAINED = ("Retain", "RetainExceptOnCreate")


def refuse_unknown_types(template: dict[str, Any]) -> None:
    """Refuses a template by the names of the types in it that cannot be created here."""
    unknown = sorted({r["Type"] for r in template.get("Resources", {}).values() if find_type(r["Type"]) is None})
    if unknown:
        from gateway import problem

        for name in unknown:
            problem("unsupported-resource-type", name)
        raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _clean(value: Any) -> Any:
    """Without what AWS::NoValue leaves in lists; moto leaves it out of objects alone."""
    if isinstance(value, list):
        return [_clean(item) for item in value if item is not None]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def _wanted(resources: Any, logical_id: str) -> bool:
    condition = resources._resource_json_map[logical_id].get("Condition")
    return not condition or bool(resources.lazy_condition_map[condition])


def _resolve(resources: Any, logical_id: str) -> dict[str, Any]:
    return _clean(parsing.clean_json(resources._resource_json_map[logical_id].get("Properties", {}), resources))


def _place(resources: Any, logical_id: str, type_name: str) -> Place:
    stack = resources.stack
    return Place(stack.account_id, stack.region_name, stack.stack_id, stack.name, logical_id, type_name)


def _note(stack: Stack, logical_id: str, physical_id: str, type_name: str, status: str, reason: str | None = None) -> None:
    stack.events.append(Event(stack.stack_id, stack.name, logical_id, physical_id, type_name, status, reason, None))


def _create_resource(logical_id: str, template: dict[str, Any], resources: Any, account_id: str, region_name: str) -> Any:
    """Called by moto's resource map when a resource is first asked for, so that references come first."""
    if not _wanted(resources, logical_id):
        return None
    type_name = template["Type"]
    maker = find_type(type_name)
    properties = _resolve(resources, logical_id)
    try:
        resource = maker.create(_place(resources, logical_id, type_name), properties)  # type: ignore[union-attr]
    except Exception as fault:
        _note(resources.stack, logical_id, "", type_name, "CREATE_FAILED", _reason(fault))
        raise
    resource.cf_resource_type, resource.logical_resource_id = type_name, logical_id
    resources.applied[logical_id] = (type_name, properties)
    _note(resources.stack, logical_id, str(resource.physical_resource_id), type_name, "CREATE_COMPLETE")
    return resource


def _reason(fault: Exception) -> str:
    return str(getattr(fault, "message", None) or getattr(fault, "msg", None) or fault or type(fault).__name__)


def _with_stack(self: Stack) -> Any:
    resources = _moto_resource_map(self)
    resources.stack, resources.applied = self, {}
    return resources


def _create(self: Stack) -> None:
    """Creates all resources, or none: what was made before a failure is deleted again."""
    self.status = "CREATE_IN_PROGRESS"
    self.resource_map._template, self.resource_map._resource_json_map = self.template_dict, self.template_dict["Resources"]
    try:
        for logical_id in _in_order(self.template_dict["Resources"]):
            self.resource_map[logical_id]
    except Exception as fault:
        self.stack_status_reason = _reason(fault)
        self._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=self.stack_status_reason)
        _remove(self, list(self.resource_map.applied), keep=("Retain",))
        self.status = "ROLLBACK_COMPLETE"
        self._add_stack_event(self.status)
        return
    self.description = self.template_dict.get("Description")
    self.mark_creation_complete()


def _in_order(resources: dict[str, Any]) -> list[str]:
    """Resources after those they depend on by DependsOn; references are followed while creating."""
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
    """Deletes resources, last made first, and says which could not be; retained ones are left alone."""
    resources, failed = stack.resource_map, []
    for logical_id in reversed(logical_ids):
        type_name, properties = resources.applied[logical_id]
        resource = resources._parsed_resources.get(logical_id)
        policy = resources.policies.get(logical_id) or resources._resource_json_map.get(logical_id, {}).get("DeletionPolicy")
        physical_id = str(getattr(resource, "physical_resource_id", ""))
        if policy in keep:
            _note(stack, logical_id, physical_id, type_name, "DELETE_SKIPPED")
        else:
            try:
                find_type(type_name).delete(_place(resources, logical_id, type_name), resource, properties)  # type: ignore[union-attr]
                _note(stack, logical_id, physical_id, type_name, "DELETE_COMPLETE")
            except Exception as fault:
                _note(stack, logical_id, physical_id, type_name, "DELETE_FAILED", _reason(fault))
                failed.append(logical_id)
                continue
        del resources.applied[logical_id]
        resources._parsed_resources.pop(logical_id, None)
    return failed


def _update(
    self: Stack, template: str, role_arn: str | None = None, parameters: Any = None, tags: Any = None
) -> None:
    """Changes what changed, in place; on failure the stack goes back to what it was."""
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
    gone = [i for i in resources.applied if i not in template["Resources"] or not _wanted(resources, i)]
    _remove(stack, gone)
    resources.policies = {}
    stack.output_map = stack._create_output_map()


def _change(stack: Stack, logical_id: str, type_name: str) -> None:
    resources = stack.resource_map
    old, new = resources.applied[logical_id][1], _resolve(resources, logical_id)
    if old == new:
        return
    resource = resources._parsed_resources[logical_id]
    try:
        changed = find_type(type_name).update(_place(resources, logical_id, type_name), resource, new, old)  # type: ignore[union-attr]
    except Exception as fault:
        _note(stack, logical_id, str(resource.physical_resource_id), type_name, "UPDATE_FAILED", _reason(fault))
        resources.applied[logical_id] = (type_name, new)  # perhaps in part: so the way back goes over it as well
        raise
    changed.cf_resource_type, changed.logical_resource_id = type_name, logical_id
    resources._parsed_resources[logical_id] = changed
    resources.applied[logical_id] = (type_name, new)
    _note(stack, logical_id, str(changed.physical_resource_id), type_name, "UPDATE_COMPLETE")


def _delete(self: Stack) -> None:
    self._add_stack_event("DELETE_IN_PROGRESS", resource_status_reason="User Initiated")
    failed = _remove(self, list(self.resource_map.applied))
    self.status = "DELETE_FAILED" if failed else "DELETE_COMPLETE"
    self.stack_status_reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]." if failed else None
    self._add_stack_event(self.status, resource_status_reason=self.stack_status_reason)


def _create_stack(self: CloudFormationBackend, name: str, template: str, parameters: Any, **more: Any) -> Stack:
    parsed = Stack.parse_template(template)
    refuse_unknown_types(parsed)
    if name in [stack.name for stack in self.stacks.values()]:
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    more = {option: value for option, value in more.items() if value is not None}
    stack = Stack(
        generate_stack_id(name, self.region_name, self.account_id), name, template, parameters, self.account_id,
        self.region_name, cross_stack_resources=self.exports, **more,
    )  # fmt: skip
    self.stacks[stack.stack_id] = stack
    stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
    stack.create_resources()
    _export(self, stack)
    return stack


def _export(backend: CloudFormationBackend, stack: Stack) -> None:
    for name in [name for name, export in backend.exports.items() if export.exporting_stack_id == stack.stack_id]:
        del backend.exports[name]
    if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        backend.exports.update({export.name: export for export in stack.exports})


def _update_stack(
    self: CloudFormationBackend, name: str, template: str, role_arn: str | None, parameters: Any, tags: Any
) -> Stack:
    stack = self.get_stack(name)
    stack.update(template, role_arn, self._resolve_update_parameters(stack, parameters), tags)
    _export(self, stack)
    return stack


def _delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    """A stack that cannot be deleted whole stays, as DELETE_FAILED, and says what is in the way."""
    stack = next((s for s in self.stacks.values() if name_or_stack_id in (s.name, s.stack_id)), None)
    if stack is None:
        return  # deleting what is not there succeeds on AWS
    if stack.enable_termination_protection:
        raise ValidationError(message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    stack.delete()
    if stack.status == "DELETE_COMPLETE":
        self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)
        _export(self, stack)


def _apply_change_set(self: ChangeSet) -> None:
    if self.change_set_type == "CREATE":
        self.stack.template, self.stack.template_dict = self.template, self.template_dict
        self.stack.parameters = self.stack.resource_map.input_parameters = self.parameters
        self.stack.resource_map._template = self.template_dict
        self.stack.resource_map._resource_json_map = self.template_dict["Resources"]
        self.stack.resource_map.load()
        self.stack.create_resources()
    else:
        self.stack.update(self.template, parameters=self.parameters, tags=self.tags)
    self.stack.output_map = self.stack._create_output_map()


def _execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    change_set = self.describe_change_set(change_set_name)
    assert change_set is not None
    refuse_unknown_types(change_set.template_dict)
    change_set.apply()
    change_set.execution_status = "EXECUTE_COMPLETE"


def _ssm_parameter(self: Any, value: str, value_type: str) -> str:
    """A CDK template asks which bootstrap version stands in the account; here none is needed, so the answer is "new enough"."""
    if value.startswith("/cdk-bootstrap/"):
        return "100"
    return _moto_ssm_parameter(self, value, value_type)


class _AttributesOnly:
    """What moto's check of a template's outputs asks a resource type."""

    def __init__(self, name: str) -> None:
        self._type = find_type(name)

    def has_cfn_attr(self, name: str) -> bool:
        return self._type is None or self._type.has_attribute(name)


_moto_resource_map = Stack._create_resource_map
_moto_ssm_parameter = parsing.ResourceMap.parse_ssm_parameter


def install() -> None:
    parsing.parse_and_create_resource = _create_resource  # type: ignore[assignment]
    parsing.resource_class_from_type = _AttributesOnly  # type: ignore[assignment]
    parsing.ResourceMap.parse_ssm_parameter = _ssm_parameter  # type: ignore[method-assign]
    parsing.ResourceMap.policies = {}  # type: ignore[attr-defined]
    models.Stack._create_resource_map = _with_stack  # type: ignore[method-assign]
    models.Stack.stack_status_reason = None  # type: ignore[attr-defined]
    models.Stack.create_resources = _create  # type: ignore[method-assign]
    models.Stack.update = _update  # type: ignore[method-assign]
    models.Stack.delete = _delete  # type: ignore[method-assign]
    ChangeSet.apply = _apply_change_set  # type: ignore[method-assign]
    CloudFormationBackend.create_stack = _create_stack  # type: ignore[method-assign]
    CloudFormationBackend.update_stack = _update_stack  # type: ignore[method-assign]
    CloudFormationBackend.delete_stack = _delete_stack  # type: ignore[method-assign]
    CloudFormationBackend.execute_change_set = _execute_change_set  # type: ignore[method-assign]
