"""Time zones and public holidays: the names that are known, and the dates behind them."""

import sys
import unicodedata
import warnings
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.util import find_spec, module_from_spec
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays
from holidays.registry import COUNTRIES, EntityLoader
from pydantic import BeforeValidator, WithJsonSchema

from datasource.registry.problem import nearest
from datasource.registry.refusal import refusal, text_of

FIRST_YEAR, LAST_YEAR = 1990, 2059
"""What calendars are laid out for."""

_EXPECTED_ZONE = "an IANA time zone such as `America/Sao_Paulo`"
_EXPECTED_COUNTRY = "a two-letter country code whose holidays are known, such as `BR`"
_NO_PLACES = {"localtime", "Factory", "posixrules"}
_OTHER_CLOCKS = ("posix/", "right/")
"""Folders of the same zones, the second with leap seconds."""


def _zone(value: Any) -> str:
    name = text_of(value, _EXPECTED_ZONE)
    if not is_zone(name):
        raise refusal(_EXPECTED_ZONE, _nearest_zone(name))
    return name


TimeZone: TypeAlias = Annotated[
    str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["America/Sao_Paulo", "Europe/Berlin"]})
]


def is_zone(name: str) -> bool:
    """Whether a registry may name this time zone."""
    if name in _NO_PLACES or name.startswith(_OTHER_CLOCKS):
        return False
    try:
        ZoneInfo(name)  # one file; a list of them all would take as long as the rest of a registry
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACES


def _nearest_zone(name: str) -> str | None:
    plain = _ascii(name).strip().replace(" ", "_")
    by_city = {zone.rpartition("/")[2]: zone for zone in sorted(_zones())}
    zone, city = nearest(plain, sorted(_zones())), nearest(plain, by_city)
    return by_city[city] if city is not None and "/" not in plain else zone


def check_country(code: str) -> str:
    """The code again, if its holidays are known.

    Raises:
        PydanticCustomError: they are not.
    """
    if code not in _countries():
        by_name = {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items()}
        meant = nearest(_ascii(code), by_name)
        raise refusal(_EXPECTED_COUNTRY, code.upper() if code.upper() in _countries() else by_name.get(meant or ""))
    return code


def check_subdivision(country: str, code: str) -> str:
    """The code of a part of a country again, if its holidays are known.

    Raises:
        PydanticCustomError: they are not.
    """
    calendar = _calendars().country_holidays(country)
    known: tuple[str, ...] = calendar.subdivisions
    if code in known:
        return code
    if not known:
        raise refusal(f"no subdivision: the holidays of {country} are the same everywhere")
    by_name = {known_code: known_code for known_code in known}
    aliases: Mapping[str, list[str]] = calendar.get_subdivision_aliases()
    by_name |= {_ascii(alias): known_code for known_code, names in aliases.items() for alias in names}
    meant = nearest(_ascii(code), by_name)
    few = ", ".join(known) if len(known) <= 30 else f"{', '.join(known[:30])}, …"
    raise refusal(f"a subdivision of {country}: one of {few}", by_name[meant] if meant is not None else None)


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    """The public holidays from 1990 to 2059, as far as they are known."""
    with warnings.catch_warnings():
        # Of some calendars that follow the moon only part of these years is known; the rest is written by hand.
        warnings.simplefilter("ignore", UserWarning)
        dates = _calendars().country_holidays(country, subdiv=subdivision, years=range(FIRST_YEAR, LAST_YEAR + 1))
    # An observed holiday may fall on the last day of the year before or the first of the year after.
    return frozenset(day for day in dates if FIRST_YEAR <= day.year <= LAST_YEAR)


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(EntityLoader.get_country_codes())


@lru_cache(maxsize=1)
def _calendars() -> Any:
    """The library, kept from loading all 250 countries for one: a fifteenth of the time in which the portal starts.

    Each country is a module that the library looks for when it is named, but the package around them names them all.
    """
    countries = "holidays.countries"
    spec = find_spec(countries)
    if spec is not None and countries not in sys.modules:
        sys.modules[countries] = module_from_spec(spec)  # a package that is there, and of which nothing has run
    return holidays


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
