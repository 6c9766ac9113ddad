"""Where payloads recorded from real sites lie; they are no part of a checkout."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded payloads: `$PORTAL_FIXTURES`, or `shared/fixtures` beside the checkout."""
    folder = Path(os.environ.get("PORTAL_FIXTURES") or BESIDE / "fixtures")  # noqa: TID251 - no setting of the portal
    if not folder.is_dir():
        pytest.skip(f"no recorded payloads at {folder}")
    return folder


@pytest.fixture(scope="session")
def published(recorded: Path) -> Path:
    """The folder of published interface descriptions, beside that of the recorded payloads."""
    folder = recorded.parent / "specs"
    if not folder.is_dir():
        pytest.skip(f"no interface descriptions at {folder}")
    return folder
