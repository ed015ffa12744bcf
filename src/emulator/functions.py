"""Lambda: functions and event source mappings as they are deployed, for the rehearsal to run; nothing is run here."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.awslambda.responses import LambdaResponse

import wakeups
from control import control
from messaging import publications, sns


def source_text(function: LambdaFunction) -> str:
    """The code a function was deployed with: inline text, or the entry file of its zip."""
    inline = getattr(function, "inline_code", None)
    if inline is not None:
        return str(inline)
    if not function.code_bytes:
        return ""
    with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
        module = function.handler.rsplit(".", 1)[0]
        names = [n for n in archive.namelist() if n.rsplit(".", 1)[0] == module and n.endswith((".js", ".cjs", ".mjs"))]
        return archive.read(names[0]).decode() if names else ""


def _backends() -> Iterator[LambdaBackend]:
    for _, _, backend in list(lambda_backends.iter_backends()):
        yield backend


_listing: dict[str, Any] = {}


def look_again() -> None:
    """Functions may have come, changed or gone: they are listed anew when they are next asked for."""
    _listing.clear()


@control("POST", "/functions")
def _functions(asked: dict[str, Any]) -> dict[str, Any]:
    """All functions and their version; the version alone when the caller knows it."""
    if not _listing:
        functions = _listed()
        text = json.dumps(functions, sort_keys=True)
        _listing.update(functions=functions, version=hashlib.sha256(text.encode()).hexdigest())
    return {"version": _listing["version"]} if asked.get("known") == _listing["version"] else _listing


def _listed() -> list[dict[str, Any]]:
    return [
        {
            "arn": f.function_arn,
            "account": f.account_id,
            "region": f.region,
            "name": f.function_name,
            "runtime": f.run_time,
            "handler": f.handler,
            "timeoutSeconds": int(f.timeout),
            "memoryMiB": int(f.memory_size),
            "role": f.role,
            "environment": {k: str(v) for k, v in (f.environment_vars or {}).items()},
            "code": source_text(f),
        }
        for backend in _backends()
        for f in backend.list_functions()
    ]


@control("GET", "/event-sources")
def _event_sources(_: Any) -> list[dict[str, Any]]:
    from messaging.sqs import queue_by_arn, queue_url

    def waiting(arn: str) -> int:
        queue = queue_by_arn(arn)
        return len(queue.messages) if queue else 0

    return [
        {
            "functionArn": m.function_arn,
            "queueArn": m.event_source_arn,
            "uuid": m.uuid,
            "queueUrl": queue_url(*m.event_source_arn.split(":")[4:6]),
            "waiting": waiting(m.event_source_arn),
            "batchSize": m.batch_size,
            "windowSeconds": int(m.max_batch_window or 0),
            "enabled": bool(m.enabled),
            "reportBatchItemFailures": "ReportBatchItemFailures" in (m.function_response_types or []),
        }
        for backend in _backends()
        for m in backend._event_source_mappings.values()
        if m.event_source_arn.split(":")[2] == "sqs"
    ]


@control("GET", "/pending")
def _pending(_: Any) -> dict[str, Any]:
    """How much there is to do at this instant."""
    return {
        "wakeups": wakeups.count(),
        "publications": publications.count(),
        "deliveries": sns.count(),
        "messages": sum(source["waiting"] for source in _event_sources(None) if source["enabled"]),
    }


def _invoke(self: LambdaResponse) -> tuple[int, dict[str, int], str]:
    """An asynchronous invocation becomes a wake-up; one that wants the answer cannot be had here."""
    if self.headers.get("X-Amz-Invocation-Type") != "Event":
        raise NotImplementedError
    function = self.backend.get_function(self.path.split("/")[-2].split(":")[-1])
    wakeups.wake(function.function_arn, json.loads(self.body or "null"))
    return 202, {"status": 202}, ""


def _add_mapping(self: LambdaBackend, spec: dict[str, Any]) -> Any:
    """As moto's, for queues alone and without letting the queue call the function."""
    from moto.awslambda.models import EventSourceMapping

    from messaging.sqs import queue_by_arn

    function = self._lambdas.get_function_by_name_or_arn_with_qualifier(spec["FunctionName"])
    if queue_by_arn(spec["EventSourceArn"]) is None:
        raise InvalidParameterValueException(f"The queue {spec['EventSourceArn']} does not exist.")
    spec = {**spec, "RegionName": self.region_name, "AccountId": self.account_id, "FunctionArn": function.function_arn}
    mapping = EventSourceMapping(spec)
    self._event_source_mappings[mapping.uuid] = mapping
    return mapping


def _update_code(self: LambdaFunction, updated_spec: dict[str, Any]) -> dict[str, Any]:
    """New code takes the place of what the template had, whoever puts it there."""
    self.inline_code = None
    return _moto_update_code(self, updated_spec)


_moto_update_code = LambdaFunction.update_function_code


def install() -> None:
    LambdaFunction.update_function_code = _update_code
    LambdaResponse.invoke = _invoke
    LambdaBackend.create_event_source_mapping = _add_mapping
