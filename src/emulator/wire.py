"""Reads which AWS call an HTTP request is, and writes errors in the format of each AWS protocol.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus
from xml.sax.saxutils import escape

from moto.core.request import Request
from moto.core.routing import get_service_router

from organization.accounts import account_of

CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/")
QUERY_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
CBOR_PATH = re.compile(r"/service/[^/]+/operation/(\w+)$")


@dataclass
class Call:
    """One request, as far as it can be read without the service: principal, operation, account and Region."""

    account: str
    region: str
    service: str
    operation: str
    key: str
    protocol: str
    body: bytes

    def text(self) -> str:
        """The decoded body, for faults that match a part of it."""
        text = self.body.decode("utf-8", "replace")
        return unquote_plus(text) if self.protocol == "query" else text


def read_call(environ: dict[str, Any], body: bytes) -> Call:
    credential = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region, service = credential.groups() if credential else ("", "us-east-1", "unsigned")
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    cbor = CBOR_PATH.search(environ.get("PATH_INFO", ""))
    action = QUERY_ACTION.search(body) if body.startswith(b"A") or b"&Action=" in body else None
    if target:
        protocol, operation = "json", target.rsplit(".", 1)[-1]
    elif cbor:
        protocol, operation = "cbor", cbor.group(1)
    elif action and "form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        protocol, operation = "query", action.group(1).decode()
    else:
        protocol, operation = ("rest-xml" if service == "s3" else "rest-json"), _rest_operation(service, environ)
    return Call(account_of(key) if key else "", region, service, operation, key, protocol, body)


def _rest_operation(service: str, environ: dict[str, Any]) -> str:
    """The operation of a REST service: its model maps method and path to the name."""
    try:
        operation, _ = get_service_router(service).match(Request(environ.copy()))
        return operation.name
    except Exception:  # unknown service or path: the log then shows method and path
        return f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    return b"\x79" + len(data).to_bytes(2, "big") + data


def write_error(start: Callable[..., Any], call: Call, code: str, message: str, status: int) -> list[bytes]:
    """Answers with an error of that code in the protocol of the call: the SDK's error then has that name."""
    request_id = str(uuid.uuid4())
    headers = [("x-amzn-requestid", request_id)]
    if call.protocol == "query":
        kind = "Sender" if status < 500 else "Receiver"
        content, body = (
            "text/xml",
            (
                f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
                f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            ).encode(),
        )
    elif call.protocol == "rest-xml":
        content, body = (
            "application/xml",
            (
                f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
                f"<RequestId>{request_id}</RequestId></Error>"
            ).encode(),
        )
    elif call.protocol == "cbor":
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
        content = "application/cbor"
        body = b"\xa2" + b"".join(_cbor_text(text) for text in ("__type", code, "message", message))
    else:
        headers.append(("x-amzn-errortype", code))
        content = "application/x-amz-json-1.1" if call.protocol == "json" else "application/json"
        body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    start(
        f"{status} {'Error' if status >= 400 else 'OK'}",
        [*headers, ("Content-Type", content), ("Content-Length", str(len(body)))],
    )
    return [body]
