"""Who may show a page in a frame, and to whom a page in a frame speaks."""

import re
from typing import Final

import pytest

from dashboard import bundle
from dashboard.framing import frame_ancestors
from dashboard.gate import IDENTITY
from opsportal.identity import ANYONE, Identity

_SETTING: Final = "'self' https://*.example.com"
_HOST: Final = "https://intranet.example.com"


@pytest.mark.parametrize(
    ("identity", "wanted"),
    [
        (ANYONE, _SETTING),
        (Identity("person", "ana", "admin"), _SETTING),
        (Identity("embed", "a1b2c3d4", "viewer", origin=_HOST), _HOST),
        (Identity("kiosk", "a1b2c3d4", "viewer"), "'none'"),
        (Identity("api", "a1b2c3d4", "viewer"), "'none'"),
    ],
)
def test_a_token_decides_who_may_show_what_it_opened(identity: Identity, wanted: str) -> None:
    """One site for a view in a page, none for a wallboard; the setting is for people."""
    assert frame_ancestors({IDENTITY: identity}, _SETTING) == wanted


def test_pages_speak_to_named_sites_and_listen_to_none() -> None:
    """No message goes to whoever happens to be around the page, and nothing that comes is looked at."""
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in sorted(bundle.ASSETS.glob("*.js")))
    sent = re.findall(r"postMessage\((.*)\);", scripts)

    assert len(sent) == 1
    assert sent[0].endswith(", origin")
    assert not re.search(r"addEventListener\(\s*[\"']message|onmessage", scripts)
