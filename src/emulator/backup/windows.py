"""The windows of RDS in which AWS Backup cannot start a backup of an instance. Aurora is exempt.

https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

DAY = 24 * 60
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR_BEFORE_MAINTENANCE = 60


def minutes(text: str) -> int:
    """Minutes since midnight for a time of day, since Monday for a time with a weekday."""
    *day, hour, minute = text.split(":")
    return (DAYS.index(day[0]) * DAY if day else 0) + int(hour) * 60 + int(minute)


def _within(at: int, window: str, period: int, before: int = 0) -> bool:
    start, end = (minutes(each) for each in window.lower().split("-"))
    return (at - start + before) % period < (end - start) % period + before


def colliding_window(database: Any, at: datetime) -> str | None:
    """The window that blocks a backup at an instant; None when there is none."""
    of_day = at.hour * 60 + at.minute
    maintenance, backup = database.preferred_maintenance_window, database.preferred_backup_window
    if maintenance and _within(at.weekday() * DAY + of_day, maintenance, 7 * DAY, HOUR_BEFORE_MAINTENANCE):
        return f"maintenance window {maintenance}"
    if backup and _within(of_day, backup, DAY):
        return f"backup window {backup}"
    return None
