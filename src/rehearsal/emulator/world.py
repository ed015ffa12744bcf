"""Puts the emulator together: the order in which moto is patched, the clock's and the world's own control entries."""

from __future__ import annotations

import sys
import types
from datetime import timedelta
from typing import Any

# moto's CloudFormation loads the models of every service it can create; no template of ours holds any of these,
# and loading them takes as long as all the rest.
UNUSED = (
    "apigateway autoscaling batch datapipeline ecs efs elb elbv2 emr iot redshift route53 sagemaker"
).split()


SEED = 20261125  # the same identifiers in every run


def _leave_out_unused() -> None:
    for service in UNUSED:
        package, models = types.ModuleType(f"moto.{service}"), types.ModuleType(f"moto.{service}.models")
        package.models = models  # type: ignore[attr-defined]
        sys.modules[package.__name__], sys.modules[models.__name__] = package, models


def install(now: str | None) -> None:
    import moto.core.responses  # noqa: F401 loads what `clock` patches

    import clock

    clock.install()
    _leave_out_unused()
    clock.CLOCK.reset(clock.parse_iso(now) if now else None)
    import accounts
    import backup_api
    import events
    import functions
    import gateway  # noqa: F401 registers its control entries
    import kms
    import moto_speed
    import organizations
    import rds_copies  # noqa: F401 each of the three registers its operations
    import rds_databases
    import rds_describes  # noqa: F401
    import rds_restores
    import rds_shares  # noqa: F401
    import sns
    import sqs
    import stack_api  # noqa: F401
    import stack_engine
    import stacksets_api  # noqa: F401
    import resources_backup  # noqa: F401
    import resources_compute  # noqa: F401 each registers its resource types
    import resources_identity  # noqa: F401
    import resources_messaging  # noqa: F401
    import resources_stackset  # noqa: F401
    import resources_storage  # noqa: F401
    import resources_watching  # noqa: F401

    for part in (accounts, moto_speed, events, sqs, sns, kms, functions, stack_engine, organizations, rds_databases, rds_restores, backup_api):
        part.install()
    _install_control(now)
    clock.install()
    from moto.moto_api._internal import mock_random

    mock_random.seed(SEED)


def _install_control(start: str | None) -> None:
    import accounts
    from clock import CLOCK, iso, parse_iso
    from control import control, forget_all
    from moto import __version__
    from moto.core.base_backend import BackendDict
    from moto.moto_api._internal import mock_random

    @control("GET", "/")
    def ready(_: Any) -> dict[str, Any]:
        return {"ready": True, "moto": __version__}

    @control("POST", "/reset")
    def reset(_: Any) -> dict[str, Any]:
        BackendDict.reset()
        mock_random.seed(SEED)
        accounts.reset()
        CLOCK.reset(parse_iso(start) if start else None)
        forget_all()
        return clock(None)

    @control("GET", "/clock")
    def clock(_: Any) -> dict[str, Any]:
        due = CLOCK.next_due()
        return {"now": iso(CLOCK.now(), milliseconds=True), "nextDue": iso(due, milliseconds=True) if due else None}

    @control("POST", "/clock")
    def move(to: dict[str, Any]) -> dict[str, Any]:
        CLOCK.advance_to(parse_iso(to["set"]) if "set" in to else CLOCK.now() + timedelta(seconds=to["advanceSeconds"]))
        return clock(None)
