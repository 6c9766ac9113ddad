"""The demo in small, standing still at noon."""

from collections.abc import Iterator
from contextlib import contextmanager

from demo.options import Options
from demo.server import Demo, start

NOON = "2026-11-23T12:00:00+00:00"
SIZES = {"service-desk": 200, "billing": 90, "platform-ops": 90, "network": 90, "people": 60, "field-support": 60}


@contextmanager
def small_demo() -> Iterator[Demo]:
    """Jira and Tempo on a free port, served from a thread while the block runs."""
    with start(Options(clock=f"frozen:{NOON}", sizes=SIZES, lifetime_s=600)) as running:
        yield running


def settings_of(demo: Demo) -> dict[str, str]:
    """The settings that point the portal at a demo."""
    return {
        "JIRA_BASE_URL": demo.jira_base_url,
        "JIRA_EMAIL": demo.email,
        "JIRA_API_TOKEN": demo.jira_api_token,
        "TEMPO_BASE_URL": demo.tempo_base_url,
        "TEMPO_API_TOKEN": demo.tempo_api_token,
        "QUEUE_REGISTRY": str(demo.registry),
    }
