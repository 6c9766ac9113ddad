"""Numbers, durations and instants as the pages word them. What is not known is a dash, never a zero."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

UNKNOWN = "—"
MINUS = "−"
SPACE = "\N{NO-BREAK SPACE}"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def percent(ratio: float | None, digits: int = 1) -> str:
    """A ratio as a percentage: `94.1 %`."""
    return UNKNOWN if ratio is None else f"{ratio * 100:.{digits}f}{SPACE}%".replace("-", MINUS)


def target(ratio: float) -> str:
    """A target as a percentage with as few digits as it has: `95 %`, `99.5 %`."""
    return f"{ratio * 100:.2f}".rstrip("0").rstrip(".") + f"{SPACE}%"


def interval(low: float, high: float) -> str:
    """An interval of ratios: `94.1–95.8 %`."""
    return f"{low * 100:.1f}–{high * 100:.1f}{SPACE}%"


def decimal(value: float | None, digits: int = 1) -> str:
    """A measure or score with so many digits, thousands apart."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}".replace("-", MINUS)


def count(n: int | None) -> str:
    """A count with thousands apart."""
    return UNKNOWN if n is None else f"{n:,}".replace("-", MINUS)


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign; one that rounds to nothing has none."""
    shown = f"{abs(value):,.{digits}f}"
    if not shown.strip("0.,"):
        return shown
    return f"+{shown}" if value > 0 else f"{MINUS}{shown}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """So many things: `1 ticket`, `2,172 tickets`."""
    return f"{count(n)}{SPACE}{one if n == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def time_left(ms: int) -> str:
    """Business time to a goal, always with its hours: `0h 08m`, and `−1h 15m` past it."""
    hours, minutes = divmod(abs(ms) // MINUTE_MS, HOUR_MS // MINUTE_MS)
    return f"{MINUS if ms < 0 else ''}{hours:,}h{SPACE}{minutes:02d}m"


def duration(ms: int) -> str:
    """A length of time as short as it can be said: `30m`, `4h`, `1h 15m`."""
    hours, minutes = divmod(abs(ms) // MINUTE_MS, HOUR_MS // MINUTE_MS)
    parts = [f"{hours:,}h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes:02d}m" if hours else f"{minutes}m")
    return (MINUS if ms < 0 else "") + SPACE.join(parts)


def age(ms: int) -> str:
    """How old something is: `3 min`, `2 h 05 min`, `3 days`."""
    if ms < MINUTE_MS:
        return f"{max(ms, 0) // SECOND_MS}{SPACE}s"
    if ms < HOUR_MS:
        return f"{ms // MINUTE_MS}{SPACE}min"
    if ms < 2 * DAY_MS:
        hours, minutes = divmod(ms // MINUTE_MS, HOUR_MS // MINUTE_MS)
        return f"{hours}{SPACE}h" + (f"{SPACE}{minutes:02d}{SPACE}min" if minutes else "")
    return f"{ms // DAY_MS}{SPACE}days"


def clock(at: int, zone: ZoneInfo) -> str:
    """Time of day in a zone: `09:38`."""
    return f"{_local(at, zone):%H:%M}"


def instant(at: int, now: int, zone: ZoneInfo) -> str:
    """An instant in a zone as near as it is: `10:25` today, `Mon 13:26` within six days, else `2 Nov 13:26`."""
    there, here = _local(at, zone), _local(now, zone)
    days_apart = abs((there.date() - here.date()).days)
    if days_apart == 0:
        return f"{there:%H:%M}"
    if days_apart < 7:
        return f"{weekday(there.date())} {there:%H:%M}"
    return f"{day(there.date(), here.date())} {there:%H:%M}"


def weekday(value: date) -> str:
    """`Mon` to `Sun`."""
    return _WEEKDAYS[value.weekday()]


def day(value: date, today: date | None = None) -> str:
    """A date: `27 Oct`, with its year when that is not today's."""
    text = f"{value.day} {_MONTHS[value.month - 1]}"
    return text if today is None or today.year == value.year else f"{text} {value.year}"


def day_range(first: date, last: date, today: date | None = None) -> str:
    """Dates from first to last: `26 Oct–24 Nov`, `1–30 Oct`, `27 Oct`."""
    if first == last:
        return day(first, today)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last, today)}"
    return f"{day(first, last if today is None else today)}–{day(last, today)}"


def local_date(at: int, zone: ZoneInfo) -> date:
    """The date of an instant in a zone."""
    return _local(at, zone).date()


def iso(at: int) -> str:
    """An instant as machines read it, in UTC."""
    return f"{_local(at, ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}"


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / SECOND_MS, zone)
