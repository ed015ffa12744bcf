"""The entry point of every request: takes the lock, logs the call, applies a planted fault, and passes it to moto.

A call that moto cannot answer gets HTTP 501 with the code NotEmulated: the SDK reports it and does not retry.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

import bucket_owners
import control
import faults
from clock import CLOCK, iso
from control import drain
from functions import forget_listing
from identity import analyzers
from state import registered
from wire import Call, read_call, write_error

LOCK = threading.RLock()
LOG: list[dict[str, Any]] = registered("log", [])
PROBLEMS: list[dict[str, str]] = registered("problems", [])


def problem(kind: str, detail: str) -> None:
    """Records what the emulator could not do. A rehearsal with problems proves nothing."""
    PROBLEMS.append({"kind": kind, "detail": detail})


class _MotoWarnings(logging.Handler):
    """Reports a warning of moto as a problem: with one, moto leaves out what it does not know, such as an attribute."""

    def emit(self, record: logging.LogRecord) -> None:
        problem("moto-warning", record.getMessage())


logging.getLogger("moto").addHandler(_MotoWarnings(logging.WARNING))


class Gateway:
    """The WSGI application around moto's."""

    def __init__(self, moto: Callable[..., Any]) -> None:
        self._moto = moto

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(size) if size else b""
        path = environ.get("PATH_INFO", "")
        if path == control.PREFIX or path.startswith(control.PREFIX + "/"):
            method = environ["REQUEST_METHOD"]
            with LOCK:
                if method != "GET" and not path.endswith("/functions"):
                    forget_listing()
                return control.answer(start, method, path, body)
        environ["wsgi.input"] = io.BytesIO(body)
        with LOCK:
            call = read_call(environ, body)
            fault = faults.take(call)
        if fault:
            faults.wait(fault)
            if fault.get("code"):
                status = fault.get("status", 400)
                _note(call, status)
                return write_error(start, call, fault["code"], fault.get("message", "planted fault"), status)
        with LOCK:
            if call.service == "s3" and bucket_owners.is_not_expected(environ):
                _note(call, 403)
                return write_error(start, call, "AccessDenied", "Access Denied", 403)
            if analyzers.answers(environ, call):
                return analyzers.answer(environ, call, start)
            return self._pass_on(call, environ, start)

    def _pass_on(self, call: Call, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        answered: list[Any] = []

        def keep(status: str, headers: Any, exc_info: Any = None) -> Any:
            answered[:] = [status, headers]
            return lambda _: None

        try:
            content = b"".join(self._moto(environ, keep))
        except NotImplementedError:
            return _not_emulated(call, start)
        except Exception as fault:
            print(traceback.format_exc(limit=-4), file=sys.stderr, flush=True)
            problem("emulator-failure", f"{call.service}:{call.operation} {type(fault).__name__}: {fault}")
            _note(call, 501)
            return write_error(start, call, "EmulatorFailure", f"{call.service}:{call.operation}: {fault!r}", 501)
        if call.service in ("cloudformation", "lambda"):
            forget_listing()
        status, headers = answered
        code = int(status.split()[0])
        if code in (404, 405) and "text/html" in dict(headers).get("Content-Type", ""):
            return _not_emulated(call, start)
        _note(call, code)
        start(status, headers)
        return [content]


def _note(call: Call, status: int) -> None:
    LOG.append(
        {
            "at": iso(CLOCK.now(), milliseconds=True),
            "account": call.account,
            "region": call.region,
            "service": call.service,
            "operation": call.operation,
            "status": status,
            "principalKey": call.key,
        }
    )


def _not_emulated(call: Call, start: Callable[..., Any]) -> list[bytes]:
    problem("not-emulated-call", f"{call.service}:{call.operation} in {call.account} {call.region}")
    _note(call, 501)
    message = (
        f"{call.service}:{call.operation} is not emulated. Do not use it in a rehearsal, or add it to the emulator."
    )
    return write_error(start, call, "NotEmulated", message, 501)


@control.control("GET", "/log")
def _log(_: Any) -> list[dict[str, Any]]:
    return LOG


@control.control("DELETE", "/log")
def _clear_log(_: Any) -> dict[str, int]:
    return {"cleared": len(drain(LOG))}


@control.control("GET", "/problems")
def _problems(_: Any) -> list[dict[str, str]]:
    return PROBLEMS
