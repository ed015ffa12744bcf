"""EventBridge: rules with Lambda and queue targets, schedules that fire on demand, and the events of AWS services.

moto matches events to rules. This module delivers them, which moto does not do for Lambda and across accounts.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from moto.events.models import EventsBackend, Rule, events_backends
from moto.moto_api._internal import mock_random
from moto.sqs.models import sqs_backends

from clock import CLOCK, iso
from control import Refused, control
from messaging.publications import publish_as_service
from wakeups import wake


def emit(
    account: str, region: str, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]
) -> None:
    """Puts an event of an AWS service on the default bus of an account, with the time of the clock."""
    _route(events_backends[account][region], "default", _event(account, region, source, detail_type, resources, detail))


def _event(
    account: str,
    region: str,
    source: str,
    detail_type: str,
    resources: list[str],
    detail: Any,
    at: datetime | None = None,
) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(mock_random.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": iso(at or CLOCK.now()),
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def _route(backend: EventsBackend, bus: str, event: dict[str, Any]) -> None:
    for rule in list(backend.describe_event_bus(bus).rules.values()):
        if (
            rule.state != "DISABLED"
            and rule.event_pattern.dump()
            and rule.event_pattern.matches_event(copy.deepcopy(event))
        ):
            for target in rule.targets:
                _deliver(rule, target, event)


def _put_events(self: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """PutEvents: puts each entry on its bus; a malformed entry gets an error and does not fail the others."""
    entries = []
    for entry in events:
        try:
            missing = [name for name in ("Source", "DetailType", "Detail") if not entry.get(name)]
            if missing:
                raise ValueError(f"Parameter {missing[0]} is not valid. Reason: {missing[0]} is a required argument.")
            detail = json.loads(entry["Detail"])
        except ValueError as fault:
            code = "MalformedDetail" if isinstance(fault, json.JSONDecodeError) else "InvalidArgument"
            entries.append({"ErrorCode": code, "ErrorMessage": str(fault)})
            continue
        event = _event(
            self.account_id, self.region_name, entry["Source"], entry["DetailType"], entry.get("Resources", []), detail
        )
        _route(self, self._normalize_event_bus_arn(entry.get("EventBusName")), event)
        entries.append({"EventId": event["id"]})
    return entries


def _deliver(rule: Rule, target: dict[str, Any], event: dict[str, Any]) -> None:
    payload = _input(target, event)
    _, _, service, region, account, *name = target["Arn"].split(":")
    if service == "lambda":
        wake(target["Arn"], payload, rule.arn)
    elif service == "sqs":
        queue = sqs_backends[account][region].queues.get(name[0])
        if queue is not None:  # as on AWS, the event is lost when its target no longer exists; the sender gets no error
            group = target.get("SqsParameters", {}).get("MessageGroupId")
            body = payload if isinstance(payload, str) else json.dumps(payload)
            sqs_backends[account][region].send_message(name[0], body, group_id=group)
    elif service == "events" and name[0].startswith("event-bus/"):
        _route(events_backends[account][region], name[0].removeprefix("event-bus/"), event)
    elif service == "sns":
        message = payload if isinstance(payload, str) else json.dumps(payload)
        publish_as_service("events.amazonaws.com", rule.arn, target["Arn"], message)
    else:
        from gateway import problem

        problem("unsupported-event-target", f"{rule.arn} -> {target['Arn']}")


def _input(target: dict[str, Any], event: dict[str, Any]) -> Any:
    """What a target receives: its constant Input, a part of the event, the transformed event, or the event itself."""
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputPath" in target:
        return _at(event, target["InputPath"])
    if "InputTransformer" in target:
        return _transform(target["InputTransformer"], event)
    return event


def _at(event: dict[str, Any], path: str) -> Any:
    value: Any = event
    for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", path):
        try:
            value = value[int(index)] if index else value[name]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _transform(transformer: dict[str, Any], event: dict[str, Any]) -> Any:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"""
    values = {name: _at(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    values |= {"aws.events.event.json": event, "aws.events.rule-arn": "", "aws.events.event": event}
    text = transformer["InputTemplate"]

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            return match.group(0)
        value = values[name]
        # whether the placeholder is inside a string that the template quotes
        quoted = len(re.findall(r'(?<!\\)"', text[: match.start()])) % 2 == 1
        if quoted:
            return json.dumps(value if isinstance(value, str) else json.dumps(value))[1:-1]
        return json.dumps(value)

    filled = re.sub(r"<([\w.-]+)>", put, text)
    try:
        return json.loads(filled)
    except json.JSONDecodeError:
        return filled


def _rules() -> Iterator[Rule]:
    for _, _, backend in events_backends.iter_backends():
        for bus in backend.event_buses.values():
            yield from bus.rules.values()


@control("GET", "/schedules")
def _schedules(_: Any) -> list[dict[str, Any]]:
    return [
        {
            "ruleArn": rule.arn,
            "name": rule.name,
            "account": rule.account_id,
            "region": rule.region_name,
            "schedule": rule.scheduled_expression,
            "enabled": rule.state != "DISABLED",
            "targets": [{"arn": target["Arn"], "input": target.get("Input")} for target in rule.targets],
        }
        for rule in _rules()
        if rule.scheduled_expression
    ]


@control("POST", "/schedules/fire")
def _fire(request: dict[str, Any]) -> dict[str, Any]:
    rule = next((rule for rule in _rules() if rule.arn == request["ruleArn"] and rule.scheduled_expression), None)
    if rule is None:
        raise Refused(f"there is no schedule rule {request['ruleArn']}", 404)
    event = _event(rule.account_id, rule.region_name, "aws.events", "Scheduled Event", [rule.arn], {})
    for target in rule.targets:
        _deliver(rule, target, event)
    return {"fired": rule.arn, "targets": len(rule.targets)}


@control("POST", "/events")
def _emit(request: dict[str, Any]) -> dict[str, Any]:
    """Emits an event of an AWS service: tests plant late, duplicate and unusual events in this way."""
    emit(
        request["account"],
        request["region"],
        request["source"],
        request["detailType"],
        request.get("resources", []),
        request["detail"],
    )
    return {"emitted": request["detailType"]}


def install() -> None:
    EventsBackend.put_events = _put_events
