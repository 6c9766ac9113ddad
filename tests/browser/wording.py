"""How pages word numbers, written down a second time: a test expects these words of what a report says in numbers."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

UNKNOWN = "—"
MIN_SAMPLE = 5
PROMISES = {"first_response": "First response", "resolution": "Resolution"}
VERDICTS = {"met": "Kept", "missed": "Missed", "not_proven": "Not proven"}
BANDS = {"healthy": "Healthy", "watch": "Watch", "at_risk": "At risk"}
DIMENSIONS = {
    "responsiveness": "First response",
    "resolution": "Resolution",
    "backlog": "Backlog",
    "flow": "Flow",
    "quality": "Quality",
    "capacity": "Capacity",
    "coverage": "Coverage",
}


def percent(ratio: float | None, digits: int = 1) -> str:
    """`94.1 %`."""
    return UNKNOWN if ratio is None else f"{_minus(f'{100 * ratio:.{digits}f}')} %"


def decimal(value: float | None, digits: int = 1) -> str:
    """`−2.9`."""
    return UNKNOWN if value is None else _minus(f"{value:,.{digits}f}")


def signed(value: float, digits: int = 1) -> str:
    """`+2.9`, `−2.9`, `0.0`."""
    text = f"{value:+,.{digits}f}"
    return text[1:] if float(text.replace(",", "")) == 0 else _minus(text)


def moved(delta: float, unit: str = "") -> str:
    """`down 2.9`, as it is read aloud; `= 0.0`."""
    shown = f"{abs(delta):.1f}"
    way = "=" if float(shown) == 0 else "up" if delta > 0 else "down"
    return f"{way} {shown}{unit}"


def time_left(seconds: float) -> str:
    """`−1h 56m`: whole minutes, cut towards zero."""
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    return f"{'−' if seconds < 0 else ''}{hours:,}h {minutes:02d}m"


def rate(met: int, n: int) -> str:
    """A share, or under five decided the counts alone."""
    return f"{met} of {n}" if n < MIN_SAMPLE else percent(met / n)


def verdict(sla: dict[str, Any]) -> str:
    """What is proven of a promise; nothing under five decided."""
    return "Too few" if sla["n"] < MIN_SAMPLE else VERDICTS[sla["verdict"]]


def chip(health: dict[str, Any]) -> str:
    """`71.6 Watch`."""
    known = health["score"] is not None
    return f"{health['score']:.1f} {BANDS[health['band']]}" if known else "— Not enough data"


def day(value: date) -> str:
    """`26 Oct`."""
    return f"{value.day} {value:%b}"


def due(row: dict[str, Any], as_of: datetime, zone: ZoneInfo) -> str:
    """`10:25` today, `Mon 17:26` within six days, else `26 Oct 13:10`, in a zone."""
    if row["due"] is None:
        return "paused"
    at = datetime.fromisoformat(row["due"]).astimezone(zone)
    apart = abs((at.date() - as_of.astimezone(zone).date()).days)
    return f"{at:%H:%M}" if apart == 0 else f"{at:%a %H:%M}" if apart < 7 else f"{day(at.date())} {at:%H:%M}"


def plural(count: int, one: str) -> str:
    """`1 clock`, `1,202 clocks`."""
    return f"{count:,} {one}{'s' * (count != 1)}"


def query(days: int, priority: str | None) -> str:
    """The part of an address that asks for a period and a priority; 30 days of everything need none."""
    asked = [f"period={days}"] * (days != 30) + [f"priority={priority}"] * (priority is not None)
    return "?" + "&".join(asked) if asked else ""


def _minus(text: str) -> str:
    return text.replace("-", "−")
