"""Lambda: functions and event source mappings as deployed. The rehearsal runs them; the emulator runs none."""

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
    """The deployed code of a function: inline text, or the entry file of its zip."""
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


def forget_listing() -> None:
    """Drops the cached list of functions: one may have been created, changed or deleted."""
    _listing.clear()


@control("POST", "/functions")
def _functions(request: dict[str, Any]) -> dict[str, Any]:
    """All functions and the version of the list; only the version when the caller has that version."""
    if not _listing:
        functions = _listed()
        text = json.dumps(functions, sort_keys=True)
        _listing.update(functions=functions, version=hashlib.sha256(text.encode()).hexdigest())
    return {"version": _listing["version"]} if request.get("known") == _listing["version"] else _listing


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
    """The number of pending wakeups, publications, deliveries and messages at this instant."""
    return {
        "wakeups": wakeups.count(),
        "publications": publications.count(),
        "deliveries": sns.count(),
        "messages": sum(source["waiting"] for source in _event_sources(None) if source["enabled"]),
    }


def _invoke(self: LambdaResponse) -> tuple[int, dict[str, int], str]:
    """Queues an asynchronous invocation as a wakeup. A synchronous one is not emulated."""
    if self.headers.get("X-Amz-Invocation-Type") != "Event":
        raise NotImplementedError
    function = self.backend.get_function(self.path.split("/")[-2].split(":")[-1])
    wakeups.wake(function.function_arn, json.loads(self.body or "null"))
    return 202, {"status": 202}, ""


def _add_mapping(self: LambdaBackend, spec: dict[str, Any]) -> Any:
    """Like moto's, for queues only, and without calling the function when a message arrives."""
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
    """Replaces the code of the template, whichever principal uploads the new code."""
    self.inline_code = None
    return _moto_update_code(self, updated_spec)


_moto_update_code = LambdaFunction.update_function_code


def install() -> None:
    LambdaFunction.update_function_code = _update_code
    LambdaResponse.invoke = _invoke
    LambdaBackend.create_event_source_mapping = _add_mapping
