"""IAM Access Analyzer: the analyzers, and the calls that list those for external access and their archive rules.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListArchiveRules.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from state import registered
from wire import Call

# The type of each analyzer, by its ARN.
ANALYZERS: dict[str, str] = registered("analyzers", {})
# The archive rules of each analyzer, by its ARN.
ARCHIVE_RULES: dict[str, list[dict[str, Any]]] = registered("archive-rules", {})
# The calls that this module answers.
OPERATIONS = ("ListAnalyzers", "ListArchiveRules")
PATH = re.compile(r"/analyzer(?:/([^/]+)/archive-rule)?")
PAGE = 2


def answers(environ: dict[str, Any], call: Call) -> bool:
    return (
        call.service == "access-analyzer"
        and environ["REQUEST_METHOD"] == "GET"
        and PATH.fullmatch(environ["PATH_INFO"]) is not None
    )


def _stem(call: Call) -> str:
    return f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/"


def _analyzers(call: Call) -> dict[str, Any]:
    found = [
        {"arn": arn, "name": arn.removeprefix(_stem(call)), "type": kind, "status": "ACTIVE"}
        for arn, kind in ANALYZERS.items()
        if arn.startswith(_stem(call)) and kind == "ACCOUNT"
    ]
    return {"analyzers": found}


def _archive_rules(call: Call, name: str, token: str) -> dict[str, Any] | None:
    """One page of archive rules; pages are small, so that tests page. None when the analyzer does not exist."""
    arn = _stem(call) + name
    if arn not in ANALYZERS:
        return None
    start = int(token or 0)
    rules = ARCHIVE_RULES.get(arn, [])
    more = {"nextToken": str(start + PAGE)} if len(rules) > start + PAGE else {}
    return {"archiveRules": rules[start : start + PAGE], **more}


def answer(environ: dict[str, Any], call: Call, start: Callable[..., Any]) -> list[bytes]:
    match = PATH.fullmatch(environ["PATH_INFO"])
    name = match.group(1) if match else None
    token = parse_qs(environ.get("QUERY_STRING", "")).get("nextToken", [""])[0]
    found = _archive_rules(call, name, token) if name else _analyzers(call)
    status = "200 OK" if found is not None else "404 Not Found"
    text = json.dumps(found if found is not None else {"message": f"there is no analyzer {name}"}).encode()
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]
