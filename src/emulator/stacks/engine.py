"""CloudFormation's stacks and change sets, around the changes to their resources in stacks/changes.py.

A template with a type that the emulator cannot create is refused by name, before any resource is created.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.utils import generate_stack_id

from resources.types import find_type
from stacks import changes as stack_changes
from stacks.changes import refuse_unknown_types


def _create_stack(self: CloudFormationBackend, name: str, template: str, parameters: Any, **more: Any) -> Stack:
    parsed = Stack.parse_template(template)
    refuse_unknown_types(parsed)
    if name in [stack.name for stack in self.stacks.values()]:
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    more = {option: value for option, value in more.items() if value is not None}
    stack = Stack(
        generate_stack_id(name, self.region_name, self.account_id),
        name,
        template,
        parameters,
        self.account_id,
        self.region_name,
        cross_stack_resources=self.exports,
        **more,
    )
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
    """Deletes a stack; one that cannot be deleted stays in DELETE_FAILED, with the reason."""
    stack = next((s for s in self.stacks.values() if name_or_stack_id in (s.name, s.stack_id)), None)
    if stack is None:
        return  # as on AWS, the deletion of a stack that does not exist succeeds
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
    """The bootstrap version that CDK templates read: new enough for all, since the emulator needs no bootstrap."""
    if value.startswith("/cdk-bootstrap/"):
        return "100"
    return _moto_ssm_parameter(self, value, value_type)


class _AttributesOnly:
    """What moto reads of a resource type when it checks the outputs of a template."""

    def __init__(self, name: str) -> None:
        self._type = find_type(name)

    def has_cfn_attr(self, name: str) -> bool:
        return self._type is None or self._type.has_attribute(name)


_moto_ssm_parameter = parsing.ResourceMap.parse_ssm_parameter


def install() -> None:
    parsing.parse_and_create_resource = stack_changes.create_resource
    parsing.resource_class_from_type = _AttributesOnly
    parsing.ResourceMap.parse_ssm_parameter = _ssm_parameter
    parsing.ResourceMap.policies = {}
    models.Stack._create_resource_map = stack_changes.with_stack
    models.Stack.stack_status_reason = None
    models.Stack.create_resources = stack_changes.create
    models.Stack.update = stack_changes.update
    models.Stack.delete = stack_changes.delete
    ChangeSet.apply = _apply_change_set
    CloudFormationBackend.create_stack = _create_stack
    CloudFormationBackend.update_stack = _update_stack
    CloudFormationBackend.delete_stack = _delete_stack
    CloudFormationBackend.execute_change_set = _execute_change_set
