"""Numbers and names as a terminal prints them. What is not known is a dash, never a zero."""

from collections.abc import Mapping

from servicelevel.attainment import Proof
from servicelevel.due import DueState
from servicelevel.health import Band
from servicelevel.instants import HOUR_MS, MINUTE_MS
from servicelevel.policy import DimensionName, SlaName

UNKNOWN = "-"
MINUS = "−"

SLA_WORDS: Mapping[SlaName, str] = {"first_response": "First response", "resolution": "Resolution"}
PROOFS: Mapping[Proof, str] = {
    "met": "✓ kept",
    "missed": "✕ missed",
    "not_proven": "≈ not proven",
    "no_data": "no data",
}
BANDS: Mapping[Band, str] = {
    "healthy": "● healthy",
    "watch": "▲ watch",
    "at_risk": "◆ at risk",
    "insufficient": "○ not enough data",
}
STATES: Mapping[DueState, str] = {
    "overdue": "overdue",
    "lt_1h": "under 1 h",
    "lt_4h": "under 4 h",
    "today": "today",
    "next_day": "next day",
    "later": "later",
    "paused": "paused",
}
DIMENSION_NAMES: Mapping[DimensionName, str] = {
    "responsiveness": "responsiveness",
    "resolution": "resolution",
    "backlog": "backlog",
    "flow": "flow",
    "quality": "quality",
    "capacity": "capacity",
}


def percent(ratio: float | None) -> str:
    """A ratio as a percentage to a tenth."""
    return UNKNOWN if ratio is None else f"{ratio:.1%}"


def points(value: float | None) -> str:
    """Points of a score to a tenth."""
    return UNKNOWN if value is None else f"{value:.1f}"


def signed(value: float) -> str:
    """A movement to a tenth with its sign; nothing moved is 0.0 without one."""
    shown = f"{abs(value):.1f}"
    if shown == "0.0":
        return shown
    return f"+{shown}" if value > 0 else f"{MINUS}{shown}"


def number(value: float | None) -> str:
    """A count with thousands apart, or a measure to a tenth."""
    if value is None:
        return UNKNOWN
    text = f"{value:,.1f}".removesuffix(".0")
    return text.replace("-", MINUS)


def count(n: int, thing: str) -> str:
    """So many things."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def business_time(ms: float | None) -> str:
    """Business time in hours and minutes."""
    if ms is None:
        return UNKNOWN
    minutes = int(abs(ms) // MINUTE_MS)
    hours, rest = divmod(minutes, HOUR_MS // MINUTE_MS)
    text = f"{hours:,}h {rest:02d}m" if hours else f"{rest}m"
    return f"{MINUS}{text}" if ms < 0 else text
