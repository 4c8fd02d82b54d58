"""Dates and times of day as files write them."""

import datetime
import time


def time_of_day(text: str) -> str | None:
    """The time of day, also at the end of a date; a date alone has none."""
    day, _between, hour = text.replace("T", " ").rpartition(" ")
    if not day and "-" in hour:
        datetime.date.fromisoformat(hour)
        return None
    return datetime.time.fromisoformat(hour).isoformat()


def day(text: str, formats: tuple[str, ...]) -> datetime.date:
    """The day, in the first of the formats that reads it, or as ISO 8601 where none is given."""
    if not formats:
        return datetime.datetime.fromisoformat(text).date()
    for form in formats:
        try:
            return datetime.date(*time.strptime(text, form)[:3])
        except ValueError:
            continue
    raise ValueError(text)
