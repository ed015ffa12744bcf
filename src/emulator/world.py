"""Assembles the emulator: the order in which moto is patched, and the control entries of the clock and the state."""

from __future__ import annotations

import importlib
import sys
import types
from datetime import timedelta
from typing import Any

# moto's CloudFormation loads the models of every service it can create. No template of Checkvalve uses these, and
# loading them takes as long as all the rest.
UNUSED = (
    "apigateway",
    "autoscaling",
    "batch",
    "datapipeline",
    "ecs",
    "efs",
    "elb",
    "elbv2",
    "emr",
    "iot",
    "redshift",
    "route53",
    "sagemaker",
)
SEED = 20261125  # the same identifiers in every run


def _leave_out_unused() -> None:
    for service in UNUSED:
        package, models = types.ModuleType(f"moto.{service}"), types.ModuleType(f"moto.{service}.models")
        vars(package)["models"] = models
        sys.modules[package.__name__], sys.modules[models.__name__] = package, models


# These register control entries, operations and resource types when they are imported.
REGISTER = (
    "aws_switches",
    "backup.plans_api",
    "gateway",
    "organization.builder",
    "rds.copies",
    "rds.describes",
    "rds.planting",
    "rds.shares",
    "messaging.resource_keys",
    "resources.analyzers",
    "resources.backup",
    "resources.compute",
    "resources.identity",
    "resources.messaging",
    "resources.stackset",
    "resources.storage",
    "resources.watching",
    "stacks.api",
    "stacksets.api",
)
# These patch moto.
PATCH = (
    "organization.accounts",
    "messaging.alarms",
    "speed.moto_calls",
    "speed.xml_answers",
    "messaging.events",
    "messaging.sqs",
    "messaging.sns",
    "identity.sts",
    "identity.kms",
    "functions",
    "stacks.engine",
    "organization.organizations",
    "rds.databases",
    "rds.restores",
    "backup.api",
)


def install(now: str | None) -> None:
    """Turns moto into the emulator, with no state and a clock that starts at that instant (ISO 8601), or now."""
    importlib.import_module("moto.core.responses")  # imports what `clock` patches
    import clock

    clock.install()
    _leave_out_unused()
    clock.CLOCK.reset(clock.parse_iso(now) if now else None)
    from state import registered

    registered("clock", clock.CLOCK)
    for part in [importlib.import_module(name) for name in PATCH]:
        part.install()
    for name in REGISTER:
        importlib.import_module(name)
    _install_control(now)
    clock.install()
    from moto.moto_api._internal import mock_random

    mock_random.seed(SEED)


def _install_control(start: str | None) -> None:
    from pathlib import Path

    from moto import __version__
    from moto.moto_api._internal import mock_random

    import state
    from clock import CLOCK, iso, parse_iso
    from control import control

    @control("GET", "/")
    def ready(_: Any) -> dict[str, Any]:
        return {"ready": True, "moto": __version__}

    @control("POST", "/reset")
    def reset(request: dict[str, Any]) -> dict[str, Any]:
        state.forget_all()
        mock_random.seed(SEED)
        now = request.get("now", start)
        CLOCK.reset(parse_iso(now) if now else None)
        return clock(None)

    @control("POST", "/save")
    def save(request: dict[str, Any]) -> dict[str, Any]:
        saved = state.save()
        Path(request["file"]).write_bytes(saved)
        return {"bytes": len(saved)}

    @control("POST", "/restore")
    def restore(request: dict[str, Any]) -> dict[str, Any]:
        state.restore(Path(request["file"]).read_bytes())
        return clock(None)

    @control("GET", "/clock")
    def clock(_: Any) -> dict[str, Any]:
        due = CLOCK.next_due()
        return {"now": iso(CLOCK.now(), milliseconds=True), "nextDue": iso(due, milliseconds=True) if due else None}

    @control("POST", "/clock")
    def move(request: dict[str, Any]) -> dict[str, Any]:
        later = CLOCK.now() + timedelta(seconds=request.get("advanceSeconds", 0))
        CLOCK.advance_to(parse_iso(request["set"]) if "set" in request else later)
        return clock(None)
