"""When AWS Backup starts the jobs of a deployed rule: AWS's cron expressions in the time zone of the rule.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Any

from dateutil import tz

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
# AWS's defaults: a rule without a schedule starts at 05:00; the start window is eight hours.
SCHEDULE = "cron(0 5 ? * * *)"
START_WINDOW = 8 * 60
# Every date of the calendar comes within as many days.
MAX_DAYS = 4 * 366 + 1


def _number(text: str, words: list[str]) -> int:
    return words.index(text.upper()) + 1 if text.upper() in words else int(text)


def _values(text: str, first: int, last: int, words: list[str] | None = None) -> set[int]:
    """The numbers of one field of an expression."""
    found: set[int] = set()
    for part in text.split(","):
        bounds, _, step = part.partition("/")
        begin, _, end = bounds.partition("-")
        low = first if begin == "*" else _number(begin, words or [])
        high = _number(end, words or []) if end else last if step or begin == "*" else low
        found |= set(range(low, high + 1, int(step or 1)))
    return found


def _days_in(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _workday(day: date, wanted: int) -> int | None:
    """The weekday (Monday to Friday) nearest to a date of the month."""
    last = _days_in(day)
    if wanted > last:
        return None
    weekday = day.replace(day=wanted).weekday()
    if weekday == 5:
        return wanted + 2 if wanted == 1 else wanted - 1
    if weekday == 6:
        return wanted - 2 if wanted == last else wanted + 1
    return wanted


def _is_date(day: date, text: str) -> bool:
    if text == "?":
        return True
    if text == "L":
        return day.day == _days_in(day)
    if text.endswith("W"):
        return day.day == _workday(day, _days_in(day) if text == "LW" else int(text[:-1]))
    return day.day in _values(text, 1, 31)


def _is_weekday(day: date, text: str) -> bool:
    weekday = day.isoweekday() % 7 + 1  # 1 is Sunday, 7 Saturday
    if text in ("?", "L"):
        return text == "?" or weekday == 7
    special = re.fullmatch(r"(\w+?)(?:L|#([1-5]))", text)
    if special:
        name, nth = special.groups()
        in_month = (day.day + 6) // 7 == int(nth) if nth else day.day + 7 > _days_in(day)
        return weekday == _number(name, WEEKDAYS) and in_month
    return weekday in _values(text, 1, 7, WEEKDAYS)


def start_of(rule: dict[str, Any], now: datetime) -> datetime:
    """When a job of a rule starts: now during the start window of the rule, else at the next start."""
    schedule = (rule.get("ScheduleExpression") or SCHEDULE).upper().removeprefix("CRON(").removesuffix(")")
    minute, hour, of_month, month, of_week, year = schedule.split()
    zone = tz.gettz(rule.get("ScheduleExpressionTimezone") or "UTC")
    starts = sorted(h * 60 + m for h in _values(hour, 0, 23) for m in _values(minute, 0, 59))
    window = timedelta(minutes=int(rule.get("StartWindowMinutes") or START_WINDOW))
    first = (now - window).date() - timedelta(days=1)
    for day in (first + timedelta(days=more) for more in range(MAX_DAYS)):
        if day.month not in _values(month, 1, 12, MONTHS) or day.year not in _values(year, 1970, 2199):
            continue
        if not _is_date(day, of_month) or not _is_weekday(day, of_week):
            continue
        for start in starts:
            local = datetime(day.year, day.month, day.day, start // 60, start % 60, tzinfo=zone)
            at = local.astimezone(tz.UTC).replace(tzinfo=None)
            if at + window > now:
                return max(at, now)
    return now
