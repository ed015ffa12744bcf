"""S3 refuses a call that expects another owner of the bucket; moto does not check it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import s3_backends


def is_not_expected(environ: dict[str, Any]) -> bool:
    """Whether the owner of the bucket of a path-style request is not the one that the request expects."""
    expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER")
    name = environ.get("PATH_INFO", "").lstrip("/").split("/", 1)[0]
    owners = [account for account in list(s3_backends) if name in s3_backends[account]["aws"].buckets]
    return bool(expected and owners and expected not in owners)
