"""IAM Access Analyzer: which analyzers there are, and the one call that lists those for external access.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from state import kept
from wire import Call

# The type of each analyzer, by its ARN.
ANALYZERS: dict[str, str] = kept("analyzers", {})


def answers(environ: dict[str, Any], call: Call) -> bool:
    return call.service == "access-analyzer" and (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("GET", "/analyzer")


def answer(call: Call, start: Callable[..., Any]) -> list[bytes]:
    stem = f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/"
    found = [
        {"arn": arn, "name": arn.removeprefix(stem), "type": kind, "status": "ACTIVE"}
        for arn, kind in ANALYZERS.items()
        if arn.startswith(stem) and kind == "ACCOUNT"
    ]
    text = json.dumps({"analyzers": found}).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]
