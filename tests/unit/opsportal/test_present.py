"""Settings with what a secret adds: when it is read, what goes on while it cannot be, and what is hidden."""

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from opsportal.hidden import Hiding
from opsportal.logs import formatter
from opsportal.present import FAILED_S, KEPT_S, REFUSED_S, PresentSettings, PresentToken
from opsportal.settings import load
from servicelevel.errors import PortalError
from tests.fakes.clock import Clock

JIRA = {"JIRA_BASE_URL": "https://example.atlassian.net", "JIRA_EMAIL": "ops@example.com", "SECRETS_ID": "ops"}
FIRST, SECOND = "first-7f3a91", "second-7f3a91"


@dataclass(slots=True)
class Kept:
    """Where the secret lies, read through `present`, with the two clocks that its age goes by."""

    values: Mapping[str, str]
    reads: int = 0
    down: bool = False
    clock: Clock = field(default_factory=Clock)
    wall: Clock = field(default_factory=Clock)

    def fetch(self) -> Mapping[str, SecretStr]:
        """What lies there."""
        self.reads += 1
        if self.down:
            raise PortalError("The secret ops cannot be used: nobody is there.")
        return {name: SecretStr(value) for name, value in self.values.items()}

    def present(self, **settings: str) -> PresentSettings:
        """The settings of a process."""
        written = load({**JIRA, **settings}, env_file=None)
        return PresentSettings(written, self.fetch, now=lambda: int(self.wall() * 1000), clock_s=self.clock)

    def token(self, **settings: str) -> PresentToken:
        """The token with which it signs in to Jira."""
        return self.present(**settings).token("JIRA_API_TOKEN")


@pytest.fixture
def kept() -> Kept:
    """A secret that holds a token."""
    return Kept({"JIRA_API_TOKEN": FIRST})


def test_it_is_read_when_it_is_first_needed_and_then_kept(kept: Kept) -> None:
    """For 300 seconds, whoever asks."""
    present = kept.present()
    token = present.token("JIRA_API_TOKEN")
    assert kept.reads == 0

    kept.clock.at_s += 10_000
    assert token.value() == SecretStr(FIRST)
    kept.clock.at_s += KEPT_S - 1
    assert (token.value(), present.get().jira_api_token) == (SecretStr(FIRST), SecretStr(FIRST))
    assert kept.reads == 1


@pytest.mark.parametrize("moved", ["clock", "wall"])
def test_after_300_s_it_is_read_again(kept: Kept, moved: str) -> None:
    """By whichever clock says so first: a function of Lambda is held still between two events."""
    token = kept.token()
    token.value()
    kept.values = {"JIRA_API_TOKEN": SECOND}

    getattr(kept, moved).at_s += KEPT_S

    assert token.value() == SecretStr(SECOND)
    assert kept.reads == 2


def test_a_token_of_the_environment_wins_and_nothing_is_read(kept: Kept) -> None:
    """Not even when it is refused: what stands there is meant."""
    token = kept.token(JIRA_API_TOKEN="from-the-environment")

    assert token.value() == SecretStr("from-the-environment")
    assert not token.replaced(token.value())
    assert kept.reads == 0


def test_without_a_secret_settings_are_what_they_are() -> None:
    """Nothing is looked for, and nothing changes."""
    written = load({"REDIS_URL": "redis://cache"}, env_file=None)
    present = PresentSettings(written, None, now=lambda: 0)

    assert present.get() is written
    assert present.at_start() is written
    assert present.added() == ()


def test_a_token_that_was_refused_is_looked_for_once(kept: Kept) -> None:
    """With a new one there, whoever was refused with the old one has it at once; with none, nobody asks on and on."""
    token = kept.token()
    old = token.value()

    assert not token.replaced(old)
    assert not token.replaced(old)
    assert kept.reads == 2

    kept.clock.at_s += REFUSED_S
    kept.values = {"JIRA_API_TOKEN": SECOND}
    assert token.replaced(old)
    assert token.replaced(old)
    assert token.value() == SecretStr(SECOND)
    assert kept.reads == 3


def test_while_the_store_is_away_the_last_value_goes_on(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    """It is told once, and again when it is over; the store is tried every 30 s."""
    token = kept.token()
    token.value()
    kept.down = True
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            kept.clock.at_s += KEPT_S
            assert token.value() == SecretStr(FIRST)
            assert token.value() == SecretStr(FIRST)
            assert not token.replaced(SecretStr(FIRST))
        assert kept.reads == 3
        kept.down = False
        kept.clock.at_s += FAILED_S
        token.value()

    assert [record.getMessage() for record in caplog.records] == [
        "What was read of the secret last goes on. The secret ops cannot be used: nobody is there.",
        "The secret can be read again.",
    ]


def test_without_any_value_the_reason_is_an_error(kept: Kept) -> None:
    """The same for all who ask meanwhile, of whom the store hears nothing."""
    kept.down = True
    token = kept.token()

    for _ in range(3):
        with pytest.raises(PortalError, match="nobody is there"):
            token.value()
    assert kept.reads == 1

    kept.down = False
    kept.clock.at_s += FAILED_S
    assert token.value() == SecretStr(FIRST)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "JIRA_API_TOKEN: found nothing; expected a token, as JIRA_BASE_URL and JIRA_EMAIL are set."),
        ({"JIRA_API_TOKEN": FIRST, "JIRA_PAT": FIRST}, "JIRA_PAT: found a second login"),
        ({"JIRA_API_TOKEN": FIRST, "TEMPO_API_TOKEN": FIRST}, "TEMPO_BASE_URL: found nothing"),
        ({"JIRA_API_TOKEN": f"{FIRST} x"}, "JIRA_API_TOKEN: found a secret with spaces"),
        ({"JIRA_API_TOKEN": FIRST, "REDIS_URL": FIRST}, "REDIS_URL: found something that is no address of a Redis"),
    ],
)
def test_the_secret_has_to_make_a_whole_with_the_settings(kept: Kept, values: dict[str, str], said: str) -> None:
    """As if all of it stood in the environment; a version that does not is no reason to stop."""
    token = kept.token()
    token.value()
    broken = Kept(values)

    with pytest.raises(PortalError) as raised:
        broken.token().value()
    kept.values = values
    kept.clock.at_s += KEPT_S

    assert said in str(raised.value)
    assert "together with what the secret ops holds" in str(raised.value)
    assert FIRST not in str(raised.value)
    assert token.value() == SecretStr(FIRST)


def test_a_setting_that_neither_holds_is_an_error(kept: Kept) -> None:
    """A login that asks for it says which."""
    with pytest.raises(PortalError, match="TEMPO_API_TOKEN or JIRA_PAT: found nothing"):
        kept.present().token("TEMPO_API_TOKEN", "JIRA_PAT").value()


def test_the_first_of_two_names_that_is_set_counts() -> None:
    """On Data Center one token serves for both until there are two."""
    kept = Kept({"JIRA_PAT": FIRST})
    server = {"JIRA_BASE_URL": "https://jira.example.com", "TEMPO_BASE_URL": "https://jira.example.com"}
    token = kept.present(**server, JIRA_EMAIL="").token("TEMPO_API_TOKEN", "JIRA_PAT")
    assert token.value() == SecretStr(FIRST)

    kept.values = {"JIRA_PAT": FIRST, "TEMPO_API_TOKEN": SECOND}
    kept.clock.at_s += KEPT_S
    assert token.value() == SecretStr(SECOND)


def test_a_portal_starts_with_the_redis_of_its_secret_or_without(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    """A store that is away at that moment keeps nobody from starting; the environment's Redis needs no look at all."""
    kept.values = {"JIRA_API_TOKEN": FIRST, "REDIS_URL": "redis://cache"}
    assert kept.present().at_start().redis_url == SecretStr("redis://cache")
    assert kept.present().added() == ("JIRA_API_TOKEN", "REDIS_URL")

    kept.down, kept.reads = True, 0
    assert kept.present(REDIS_URL="redis://own").at_start().redis_url == SecretStr("redis://own")
    assert kept.reads == 0
    assert kept.present().at_start().redis_url is None
    assert "The portal starts without its secret" in caplog.text


def test_old_and_new_values_are_hidden_from_when_they_are_known(kept: Kept) -> None:
    """In a log that was set up before, in each form; what is told of the change names the settings alone."""
    hiding, token = Hiding(load(JIRA, env_file=None)), kept.token()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(load(JIRA, env_file=None)))
    logger = logging.getLogger("opsportal.present")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        token.value()
        kept.values = {"JIRA_API_TOKEN": SECOND}
        kept.clock.at_s += KEPT_S
        token.value()
        logger.info("sent %s and %s", FIRST, SECOND)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)

    written = stream.getvalue()
    assert '"changed": ["JIRA_API_TOKEN"]' in written
    assert "sent *** and ***" in written
    assert hiding(f"{FIRST}, {SECOND}") == "***, ***"
    for text in (written, repr(vars(token)), repr(kept.present().get())):
        assert FIRST not in text
        assert SECOND not in text
