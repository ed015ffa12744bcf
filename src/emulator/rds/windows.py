"""The default backup and maintenance windows of a database: half an hour from a block of eight hours that AWS sets for
each Region; maintenance on any day of the week.

AWS picks at random. The emulator picks by the ARN of the database, so that every run has the same windows.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ManagingAutomatedBackups.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBMaintenance.html
"""

from __future__ import annotations

import hashlib
from typing import Any

from backup.windows import DAY, DAYS, minutes

# The start of the block of each Region, in UTC: for backups, and for maintenance where it differs.
BACKUP_BLOCKS = {
    "af-south-1": "03:00",
    "ap-east-1": "06:00",
    "ap-northeast-1": "13:00",
    "ap-northeast-2": "13:00",
    "ap-northeast-3": "00:00",
    "ap-south-1": "16:30",
    "ap-south-2": "06:30",
    "ap-southeast-1": "14:00",
    "ap-southeast-2": "12:00",
    "ap-southeast-3": "08:00",
    "ap-southeast-4": "11:00",
    "ap-southeast-5": "09:00",
    "ca-central-1": "03:00",
    "eu-central-1": "20:00",
    "eu-north-1": "23:00",
    "eu-south-1": "02:00",
    "eu-west-1": "22:00",
    "eu-west-2": "22:00",
    "eu-west-3": "07:29",
    "me-south-1": "06:00",
    "sa-east-1": "23:00",
    "us-east-1": "03:00",
    "us-east-2": "03:00",
    "us-west-1": "06:00",
    "us-west-2": "06:00",
}
MAINTENANCE_BLOCKS = {
    "ap-northeast-3": "22:00",
    "ap-south-1": "06:00",
    "eu-central-1": "21:00",
    "eu-west-3": "23:59",
    "sa-east-1": "00:00",
}
# Assumption (windows-lie-in-the-block-of-the-region): the block of a Region that is not in the table.
ANY_BLOCK = "03:00"
BLOCK = 8 * 60
LENGTH = 30


def _clock(at: int) -> str:
    return f"{at % DAY // 60:02}:{at % 60:02}"


def _slots(block: str) -> list[int]:
    """The starts of the half hours of a block. None passes midnight: moto misreads such windows."""
    begin = minutes(block)
    starts = [(begin + more) % DAY for more in range(0, BLOCK, LENGTH)]
    return [start for start in starts if start + LENGTH < DAY]


def _span(window: str) -> set[int]:
    """The minutes of a window, and the minute on each side: RDS refuses windows that overlap, moto also windows that
    touch."""
    begin, end = (minutes(part[-5:]) for part in window.split("-"))
    length = (end - begin) % DAY
    return {(begin + more) % DAY for more in range(-1, length + 2)}


def _free(block: str, other: str | None) -> list[int]:
    """The half hours of a block outside the other window; those of the whole day when the block has none left."""
    taken = _span(other) if other else set()
    for slots in (_slots(block), range(0, DAY - LENGTH, LENGTH)):
        free = [slot for slot in slots if taken.isdisjoint(range(slot, slot + LENGTH + 1))]
        if free:
            return free
    return [0]


def windows_for(arn: str, region: str, wanted: dict[str, Any]) -> tuple[str, str]:
    """The windows of a database: the requested ones, or else those that AWS would choose."""
    chosen = int.from_bytes(hashlib.sha256(arn.encode()).digest()[:8], "big")
    backup, maintenance = wanted.get("preferred_backup_window"), wanted.get("preferred_maintenance_window")
    if not maintenance:
        free = _free(MAINTENANCE_BLOCKS.get(region) or BACKUP_BLOCKS.get(region, ANY_BLOCK), backup)
        at, day = free[chosen % len(free)], DAYS[chosen // 100 % 7]
        maintenance = f"{day}:{_clock(at)}-{day}:{_clock(at + LENGTH)}"
    if not backup:
        free = _free(BACKUP_BLOCKS.get(region, ANY_BLOCK), maintenance)
        at = free[chosen // 1000 % len(free)]
        backup = f"{_clock(at)}-{_clock(at + LENGTH)}"
    return backup, maintenance.lower()
