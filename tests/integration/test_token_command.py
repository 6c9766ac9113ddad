"""`opsportal token create` as people run it: a token alone on standard output, and what is refused with which words."""

from pathlib import Path
from typing import Final

import pytest

from opsportal.tokens import read
from opsportal.wiring import clock_ms
from servicelevel.instants import DAY_MS, MINUTE_MS
from tests.fakes.commands import Commands, Done
from tests.fakes.guarded_portal import HOST, KEY
from tests.fakes.served_portal import ROOT

_REGISTRY: Final = str(ROOT / "demo" / "queue_registry.json")


@pytest.fixture
def run(tmp_path: Path) -> Commands:
    """Runs commands in an empty folder."""
    return Commands(tmp_path)


def _create(run: Commands, *words: str, key: str = KEY) -> Done:
    done = run("token", "create", *words, QUEUE_REGISTRY=_REGISTRY, **({"TOKEN_KEY": key} if key else {}))
    assert "Traceback" not in done.err
    assert KEY not in done.out + done.err
    return done


def test_a_token_for_a_page_of_another_site(run: Commands) -> None:
    """Standard output has it and nothing else; what it opens, and the id that ends it, are told beside it."""
    words = ("--queue", "billing", "--queue", "service-desk", "--view", "queue", "--origin", HOST, "--for", "5m")
    done = _create(run, "--purpose", "embed", *words)

    (token,) = done.lines()
    grant = read(token, KEY, "embed", now_ms=clock_ms(), revoked=())
    assert (grant.queues, grant.views, grant.origin) == (
        frozenset({"billing", "service-desk"}),
        frozenset({"queue"}),
        HOST,
    )
    assert grant.until_ms - grant.made_ms == 5 * MINUTE_MS
    for told in ("billing, service-desk", f"{HOST} alone", grant.id, "/embed?token=…", "revoked_tokens"):
        assert told in done.err
    assert token not in done.err


def test_a_token_for_a_wallboard_may_be_for_everything(run: Commands) -> None:
    """Each one has an id of its own."""
    tokens = [_create(run, "--purpose", "kiosk", "--for", "366d").out.strip() for _ in range(2)]
    first, second = (read(token, KEY, "kiosk", now_ms=clock_ms(), revoked=()) for token in tokens)

    assert (first.queues, first.views, first.until_ms - first.made_ms) == (None, None, 366 * DAY_MS)
    assert first.id != second.id


def test_a_queue_that_is_not_there_gets_no_token(run: Commands) -> None:
    """The registry says which there are."""
    done = _create(run, "--purpose", "api", "--for", "1d", "--queue", "service-dsk")

    assert (done.code, done.out) == (2, "")
    assert "Did you mean 'service-desk'?" in done.err


@pytest.mark.parametrize(("key", "said"), [("", "TOKEN_KEY: found nothing"), ("short", "TOKEN_KEY: found a secret")])
def test_a_token_needs_a_key_that_nobody_could_guess(run: Commands, key: str, said: str) -> None:
    """Else none is made."""
    done = _create(run, "--purpose", "api", "--for", "1d", key=key)

    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert key == "" or f" {key}" not in done.err
