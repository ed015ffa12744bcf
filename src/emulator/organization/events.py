"""The events that Organizations sends to the management account, in us-east-1: CloudTrail's, and those of tag changes.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-organizations.html
"""

from __future__ import annotations

from typing import Any

from moto.moto_api._internal import mock_random

from clock import CLOCK, epoch, iso
from messaging.events import emit

REGION = "us-east-1"  # Organizations sends its events only in this Region


def api_call(management: str, name: str, request: dict[str, Any], response: dict[str, Any] | None = None) -> None:
    """The event of a call to Organizations, as CloudTrail records it."""
    detail = {
        **_record(management, name, "AwsApiCall"),
        "userIdentity": {
            "type": "AssumedRole",
            "accountId": management,
            "arn": f"arn:aws:sts::{management}:assumed-role/admin/a",
        },
        "requestParameters": request,
        "responseElements": response,
    }
    emit(management, REGION, "aws.organizations", "AWS API Call via CloudTrail", [], detail)


def service_event(management: str, name: str, details: dict[str, Any]) -> None:
    """The event of a change by the service: an account was created, was closed, joined or left."""
    detail = {**_record(management, name, "AwsServiceEvent"), "serviceEventDetails": details}
    emit(management, REGION, "aws.organizations", "AWS Service Event via CloudTrail", [], detail)


def tags_changed(management: str, account_arn: str, keys: list[str], tags: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-tag.html"""
    detail = {
        "changed-tag-keys": keys,
        "service": "organizations",
        "resource-type": "account",
        "version": epoch(CLOCK.now()),
        "tags": tags,
    }
    emit(management, REGION, "aws.tag", "Tag Change on Resource", [account_arn], detail)


def _record(management: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "eventVersion": "1.10",
        "eventTime": iso(CLOCK.now()),
        "eventSource": "organizations.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "organizations.amazonaws.com",
        "eventID": str(mock_random.uuid4()),
        "eventType": kind,
        "recipientAccountId": management,
        "managementEvent": True,
    }
