"""Tokens in a secret that are renewed while the portal runs: it goes on, without a restart and without showing them."""

import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
import requests

from demo.options import Options
from demo.server import Demo, start
from tests.fakes.aws_servers import SECRET_KEY, settings_of_aws
from tests.fakes.commands import Commands
from tests.fakes.lambda_runtime import Function, function
from tests.fakes.secret_store import REGION, SecretStore, secret_store
from tests.fakes.served_portal import ServedPortal, started_portal
from tests.fakes.small_demo import NOON, SIZES, settings_of

_WAIT_S = 60
IN_NO_ENVIRONMENT = {"JIRA_API_TOKEN": "", "TEMPO_API_TOKEN": ""}
RENEWED = {"jira_api_token": "renewed/jira+token", "tempo_api_token": "renewed-tempo-token"}
REFUSED = "Renew the token and check that it belongs to the account"
SCHEDULED, A_DAY_BEFORE = ({"scheduled_at": f"2026-11-{day}T11:00:00Z"} for day in (23, 22))

Start: TypeAlias = Callable[..., Demo]


@pytest.fixture(scope="module")
def store() -> Iterator[SecretStore]:
    """A Secrets Manager of our own."""
    with secret_store() as running:
        yield running


@pytest.fixture
def demo_at() -> Iterator[Start]:
    """Starts a Jira and Tempo by a clock; each test has its own, whose tokens it renews."""
    with ExitStack() as stack:
        yield lambda clock, **more: stack.enter_context(
            start(Options(clock=clock, sizes=SIZES, lifetime_s=600, **more))
        )


def _put(store: SecretStore, name: str, tokens: Mapping[str, str]) -> None:
    store.put(name, {token.upper(): value for token, value in tokens.items()})


def _tokens(demo: Demo) -> dict[str, str]:
    return {"jira_api_token": demo.jira_api_token, "tempo_api_token": demo.tempo_api_token}


def _renew(demo: Demo) -> None:
    answer = requests.post(f"{demo.jira_base_url}/demo/tokens", json=RENEWED, timeout=20)
    assert answer.status_code == 200


def _surroundings(store: SecretStore, folder: Path, name: str) -> dict[str, str]:
    found = {"AWS_ENDPOINT_URL_SECRETS_MANAGER": store.url, "AWS_DEFAULT_REGION": REGION, "SECRETS_ID": name}
    return {**settings_of_aws(folder), **found}


def _wait_for(what: Callable[[], bool], portal: ServedPortal) -> None:
    ends = time.monotonic() + _WAIT_S
    while not what():
        assert time.monotonic() < ends, portal.log
        time.sleep(0.1)


def _as_of(portal: ServedPortal) -> dict[str, str]:
    """When each queue was read last."""
    return {row["id"]: row["as_of"] for row in portal.table("overview")}


def _hidden(demo: Demo) -> list[str]:
    """The tokens of before and after, in each form that is sent."""
    first = (demo.jira_api_token, demo.tempo_api_token, demo.jira_pat)
    tokens = [token for token in (*first, *RENEWED.values()) if token]  # no dialect knows all three
    return [*tokens, *(b64encode(f"{demo.email}:{token}".encode()).decode() for token in tokens), SECRET_KEY]


def test_a_running_portal_goes_on_with_renewed_tokens(store: SecretStore, demo_at: Start, tmp_path: Path) -> None:
    """With one more read of the secret; and one that starts while the store is away shows what was read last."""
    demo = demo_at("real")
    _put(store, "running", _tokens(demo))
    settings = {
        **_surroundings(store, tmp_path, "running"),
        **IN_NO_ENVIRONMENT,
        "CACHE_TTL": "1",
        "LOG_LEVEL": "DEBUG",
        "PORTAL_CLOCK": "",
        "WEB_CONCURRENCY": "1",
    }
    with started_portal(demo.as_dict(), tmp_path, **settings) as portal:
        _wait_for(lambda: all(_as_of(portal).values()), portal)
        assert store.reads_of("running") == 1

        _put(store, "running", RENEWED)
        _renew(demo)
        renewed = _as_of(portal)
        _wait_for(lambda: all(at > renewed[queue] for queue, at in _as_of(portal).items()), portal)
        assert store.reads_of("running") == 2
        parts = requests.get(f"{portal.url}/readyz", timeout=20).json()["parts"]
        assert "failing" not in (parts["jira"]["state"], parts["tempo"]["state"])
        seen = [requests.get(f"{portal.url}{path}", timeout=20).text for path in ("/", "/data", "/readyz", "/metrics")]

    assert '"changed": ["JIRA_API_TOKEN", "TEMPO_API_TOKEN"]' in portal.log
    assert REFUSED not in portal.log
    last = _as_of_of_a_start_without_the_store(store, demo, tmp_path, settings)
    assert last.keys() == renewed.keys()
    assert all(last.values())
    for text in (*seen, portal.log):
        for token in _hidden(demo):
            assert token not in text


def _as_of_of_a_start_without_the_store(
    store: SecretStore, demo: Demo, folder: Path, settings: Mapping[str, str]
) -> dict[str, str]:
    store.down = True
    try:
        with started_portal(demo.as_dict(), folder, **settings) as portal:
            _wait_for(lambda: "Mend the secret that SECRETS_ID names" in portal.log, portal)
            return _as_of(portal)
    finally:
        store.down = False


def test_tokens_of_the_environment_win_and_stay(store: SecretStore, demo_at: Start, tmp_path: Path) -> None:
    """They are not renewed from a secret that has others; that one is looked at for its Redis alone, at the start."""
    demo = demo_at("real")
    store.put("of-a-redis", {"JIRA_API_TOKEN": "another", "REDIS_URL": "redis://:pass-7f3a91@127.0.0.1:1/0"})
    settings = {**_surroundings(store, tmp_path, "of-a-redis"), "CACHE_TTL": "1", "PORTAL_CLOCK": ""}
    with started_portal(demo.as_dict(), tmp_path, **settings) as portal:
        _wait_for(lambda: all(_as_of(portal).values()), portal)
        cache = requests.get(f"{portal.url}/readyz", timeout=20).json()["parts"]["cache"]
        _put(store, "of-a-redis", RENEWED)
        _renew(demo)
        _wait_for(lambda: REFUSED in portal.log, portal)

    assert (cache["backend"], cache["serves"]) == ("redis", "files")
    assert store.reads_of("of-a-redis") == 1
    assert "pass-7f3a91" not in portal.log


@pytest.fixture
def snap(
    store: SecretStore, demo_at: Start, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Demo, Function, str]]:
    """The Lambda function, its sources, and the name of its secret; its tokens are where the parameter says."""
    demo, name = demo_at(f"frozen:{NOON}"), f"function-{request.param}"
    _put(store, name, _tokens(demo))
    environment = {
        **settings_of(demo),
        **_surroundings(store, tmp_path, name),
        **(IN_NO_ENVIRONMENT if request.param == "secret" else {}),
        "HISTORY_URL": f"sqlite:///{tmp_path / 'history.db'}",
        "LOG_LEVEL": "DEBUG",
        "PORTAL_CLOCK": f"frozen:{NOON}",
    }
    with function("opsportal.aws_lambda.handler", tmp_path, environment) as running:
        yield demo, running, name


@pytest.mark.parametrize("snap", ["secret"], indirect=True)
def test_a_warm_function_goes_on_with_renewed_tokens(store: SecretStore, snap: tuple[Demo, Function, str]) -> None:
    """Its next event reads the secret once more, and takes its day as if nothing had been."""
    demo, running, name = snap
    assert running.invoke(SCHEDULED).error is None
    assert store.reads_of(name) == 1

    _put(store, name, RENEWED)
    _renew(demo)
    ended = running.invoke(A_DAY_BEFORE)

    assert ended.error is None
    assert {(outcome["result"], outcome["day"]) for outcome in ended.answer["outcomes"]} == {("kept", "2026-11-21")}
    assert store.reads_of(name) == 2
    for token in _hidden(demo):
        assert token not in running.log


@pytest.mark.parametrize("snap", ["environment"], indirect=True)
def test_a_function_with_tokens_in_its_environment_never_reads_the_secret(
    store: SecretStore, snap: tuple[Demo, Function, str]
) -> None:
    """Not even when they are refused."""
    demo, running, name = snap
    assert running.invoke(SCHEDULED).error is None

    _put(store, name, RENEWED)
    _renew(demo)
    ended = running.invoke(A_DAY_BEFORE)

    assert ended.error is not None
    assert REFUSED in ended.error["errorMessage"]
    assert store.reads_of(name) == 0


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_check_reads_the_secret_once_and_names_what_it_adds(
    store: SecretStore, demo_at: Start, tmp_path: Path, dialect: str
) -> None:
    """Every part then answers with it, on Data Center as well."""
    demo, name = demo_at(f"frozen:{NOON}", dialect=dialect), f"check-{dialect}"
    tokens = _tokens(demo) if dialect == "cloud" else {"jira_pat": demo.jira_pat}
    _put(store, name, tokens)

    settings = {**settings_of(demo), **IN_NO_ENVIRONMENT, **_surroundings(store, tmp_path, name)}
    done = Commands(tmp_path)("check", **settings)

    assert done.code == 0, done.out + done.err
    assert done.lines()[0] == f"ok     secrets   {name}: {', '.join(token.upper() for token in tokens)}"
    assert all(line.startswith("ok ") for line in done.lines())
    assert store.reads_of(name) == 1
    for token in _hidden(demo):
        assert token not in done.out


def test_check_tells_a_secret_that_is_not_there(store: SecretStore, demo_at: Start, tmp_path: Path) -> None:
    """Once, with what to do; what needs it says so too."""
    settings = {**settings_of(demo_at(f"frozen:{NOON}")), **IN_NO_ENVIRONMENT}

    done = Commands(tmp_path)("check", **settings, **_surroundings(store, tmp_path, "nowhere"))

    assert done.code == 1
    assert done.lines()[0].startswith("wrong  secrets   The secret nowhere cannot be used: found no such secret")
    assert store.reads_of("nowhere") == 1


def test_what_needs_no_token_never_reads_the_secret(store: SecretStore, demo_at: Start, tmp_path: Path) -> None:
    """Help, and the registry, are told while it is away."""
    settings = {**settings_of(demo_at(f"frozen:{NOON}")), **IN_NO_ENVIRONMENT}
    run = Commands(tmp_path)

    for words in (("--help",), ("registry", "validate"), ("history", "gaps", "--help")):
        assert run(*words, **settings, **_surroundings(store, tmp_path, "late")).code == 0

    assert store.reads_of("late") == 0
