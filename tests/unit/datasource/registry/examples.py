"""A registry that is right, and ways to make it wrong."""

import copy
import json
from typing import Any

import pytest

from datasource.registry.errors import RegistryInvalid
from datasource.registry.parse import parse
from datasource.registry.problem import Problem
from servicelevel.policy import Policy

ABSENT = object()
"""As a value of `changed`: the key is left out."""

_GOOD: dict[str, Any] = {
    "version": 1,
    "calendars": {
        "business": {
            "time_zone": "America/Sao_Paulo",
            "hours": {"mon-fri": ["09:00-12:00", "13:00-18:00"]},
            "holidays": {"country": "BR", "subdivision": "SP"},
            "extra_holidays": ["2026-12-24"],
            "exceptions": {"2026-02-18": ["13:00-18:00"]},
        },
        "always": {"time_zone": "Europe/Berlin"},
    },
    "defaults": {"calendar": "business", "targets": {"first_response": 0.95, "resolution": 0.9}},
    "queues": [
        {
            "id": "service-desk",
            "name": "Service Desk",
            "team": "IT Support",
            "project": "SD",
            "sla": {"first_response": {"field": "customfield_10030"}, "resolution": {"field": "customfield_10031"}},
            "goals": {
                "resolution": [{"priority": "Highest", "goal": "4h"}, {"goal": "24h", "valid_from": "2026-01-01"}]
            },
            "pause_statuses": ["Waiting for customer"],
            "exclude_resolutions": ["Duplicate"],
            "weights": {"capacity": 0},
            "tempo": {"team": 12},
        },
        {"id": "network", "name": "Network", "team": "Platform", "project": ["NET", "LAN"], "calendar": "always"},
    ],
    "privacy": {"analysts": "pseudonyms"},
    "notes": [{"day": "2026-03-02", "queues": ["service-desk"], "text": "New shift plan"}],
}


def registry() -> dict[str, Any]:
    """A registry that is right, to be changed at will."""
    return copy.deepcopy(_GOOD)


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The registry with one value replaced; sections on the way are made where they are missing."""
    whole = registry()
    place: Any = whole
    for step in path[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    if to is ABSENT:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return whole


def parsed(value: Any) -> Policy:
    """The policy of a registry given as a value."""
    return parse(json.dumps(value).encode(), "registry.json")


def problems(value: Any) -> tuple[Problem, ...]:
    """The problems of a registry given as a value, which must be wrong."""
    with pytest.raises(RegistryInvalid) as raised:
        parsed(value)
    return raised.value.problems
