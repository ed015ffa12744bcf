"""IAM Access Analyzer: which analyzers for external access there are. They analyze nothing.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from state import kept
from wire import Call

# ARN of the external analyzer by account and Region: AWS allows one.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html
EXTERNAL: dict[str, str] = kept("analyzers", {})


def place(account: str, region: str) -> str:
    return f"{account} {region}"


def answers(environ: dict[str, Any], call: Call) -> bool:
    return call.service == "access-analyzer" and (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("GET", "/analyzer")


def answer(call: Call, start: Callable[..., Any]) -> list[bytes]:
    arn = EXTERNAL.get(place(call.account, call.region))
    found = [{"arn": arn, "name": arn.split("/")[-1], "type": "ACCOUNT", "status": "ACTIVE"}] if arn else []
    text = json.dumps({"analyzers": found}).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]
