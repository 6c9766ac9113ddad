"""The settings table and how it is read."""

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from redis import Redis

from opsportal.settings import IN_A_SECRET, Settings, SettingsError, joined, load, table
from servicelevel.errors import PortalError

_JIRA = {
    "JIRA_BASE_URL": "https://example.atlassian.net",
    "JIRA_EMAIL": "ops@example.com",
    "JIRA_API_TOKEN": "jira-s3cret",
}
_SERVER = {"JIRA_BASE_URL": "https://jira.example.com", "JIRA_PAT": "pat-s3cret"}
_TEMPO = {"TEMPO_BASE_URL": "https://api.tempo.io/4", "TEMPO_API_TOKEN": "tempo-s3cret"}


def _problems(env: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        load(env, env_file=None)
    return raised.value.problems


def test_nothing_is_required() -> None:
    """An empty environment has the defaults of the table, and neither Jira nor Tempo."""
    settings = load({}, env_file=None)
    assert settings.queue_registry == "queue_registry.json"
    assert (settings.window_days, settings.refresh_budget, settings.upstream_concurrency) == (120, 300, 8)
    assert settings.log_level == "INFO"
    assert not settings.jira_configured
    assert not settings.tempo_configured


def test_every_setting_is_read_from_its_variable() -> None:
    """White space is dropped, the level is written in any case, other variables are nobody's business."""
    env = _JIRA | _TEMPO | {"QUEUE_REGISTRY": " /etc/ops/queues.json ", "WINDOW_DAYS": "30", "REFRESH_BUDGET": "60"}
    settings = load(env | {"UPSTREAM_CONCURRENCY": "16", "LOG_LEVEL": " debug\n", "PATH": "/bin"}, env_file=None)
    assert (settings.jira_base_url, settings.jira_email) == ("https://example.atlassian.net", "ops@example.com")
    assert settings.jira_api_token == SecretStr("jira-s3cret")
    assert settings.tempo_base_url == "https://api.tempo.io/4"
    assert settings.tempo_api_token == SecretStr("tempo-s3cret")
    assert settings.queue_registry == "/etc/ops/queues.json"
    assert (settings.window_days, settings.refresh_budget, settings.upstream_concurrency) == (30, 60, 16)
    assert settings.log_level == "DEBUG"
    assert settings.jira_configured
    assert settings.tempo_configured


@pytest.mark.parametrize("place", ["../ops/queues.json", "s3://ops-bucket/folder/queue registry.json"])
def test_the_registry_is_a_file_or_an_object_in_s3(place: str) -> None:
    """As it is written."""
    assert load({"QUEUE_REGISTRY": place}, env_file=None).queue_registry == place


def test_settings_do_not_change() -> None:
    """They are read once."""
    with pytest.raises(ValidationError, match="frozen"):
        load({}, env_file=None).window_days = 60  # type: ignore[misc]


def test_the_environment_of_the_process_is_read_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the file `.env` of the current folder below it."""
    for row in table():
        monkeypatch.delenv(row.name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("WINDOW_DAYS=90\nREFRESH_BUDGET=90\n", encoding="utf-8")
    monkeypatch.setenv("WINDOW_DAYS", "60")
    settings = load()
    assert (settings.window_days, settings.refresh_budget) == (60, 90)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A variable that is empty in the environment switches its line off; foreign lines do not matter."""
    file = tmp_path / ".env"
    file.write_text("WINDOW_DAYS=90\nLOG_LEVEL='ERROR'\nREFRESH_BUDGET=\nOTHER=1\n", encoding="utf-8")
    settings = load({"WINDOW_DAYS": "60", "LOG_LEVEL": " "}, env_file=file)
    assert (settings.window_days, settings.log_level, settings.refresh_budget) == (60, "INFO", 300)


def test_a_file_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    """Production has none."""
    assert load({}, env_file=tmp_path / ".env") == load({}, env_file=None)


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    """It is named."""
    file = tmp_path / ".env"
    file.write_bytes(b"WINDOW_DAYS=\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        load({}, env_file=file)


@pytest.mark.parametrize(
    ("name", "value", "found", "expected"),
    [
        ("WINDOW_DAYS", "29", "'29'", "30 to 400"),
        ("WINDOW_DAYS", "401", "'401'", "30 to 400"),
        ("WINDOW_DAYS", "ninety", "'ninety'", "30 to 400"),
        ("REFRESH_BUDGET", "1.5", "'1.5'", "10 to 3600"),
        ("UPSTREAM_CONCURRENCY", "0", "'0'", "1 to 16"),
        ("UPSTREAM_CONCURRENCY", "17", "'17'", "1 to 16"),
        ("LOG_LEVEL", "loud", "'loud'", "one of DEBUG"),
        ("QUEUE_REGISTRY", "https://hushhush@example.com/key", "'https://…'", "the path of a file, or the address"),
        ("QUEUE_REGISTRY", "s3://bucket", "'s3://…'", "such as s3://bucket/key"),
        ("QUEUE_REGISTRY", "s3://bucket/", "'s3://…'", "such as s3://bucket/key"),
        ("QUEUE_REGISTRY", "s3://key:hushhush@bucket/key", "'s3://…'", "such as s3://bucket/key"),
        ("JIRA_EMAIL", "ops", "without @", "e-mail address"),
        ("JIRA_API_TOKEN", "two words", "a secret", "on one line"),
    ],
)
def test_a_bad_value_is_told_with_what_was_found_and_expected(name: str, value: str, found: str, expected: str) -> None:
    """One variable, one line."""
    (problem,) = _problems(_JIRA | {name: value})
    assert problem.startswith(f"{name}: found ")
    assert found in problem
    assert expected in problem


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://example.atlassian.net/", "https://example.atlassian.net"),
        ("https://api.atlassian.com/ex/jira/11111111-2222", "https://api.atlassian.com/ex/jira/11111111-2222"),
        ("https://jira.example.com:8443/jira//", "https://jira.example.com:8443/jira"),
        ("http://127.0.0.1:8000/tempo/4/", "http://127.0.0.1:8000/tempo/4"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_https_or_on_this_machine(written: str, read: str) -> None:
    """Slashes at the end are dropped."""
    assert load(_JIRA | {"JIRA_BASE_URL": written}, env_file=None).jira_base_url == read


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("http://jira.example.com", "https"),
        ("http://localhost.example.com", "https"),
        ("http://127.0.0.1.example.com", "https"),
        ("example.atlassian.net", "https"),
        ("ftp://example.com", "https"),
        ("https://", "https"),
        ("https://example.com:99999", "https"),
        ("https://exa mple.com", "https"),
        ("https://[::1", "https"),
        ("https://ops:hushhush@example.com", "without user and password"),
        ("https://hushhush@example.com", "without user and password"),
        ("https://example.com?token=hushhush", "without query"),
        ("https://example.com#hushhush", "without query"),
        ("hushhushATATT3x=", "https"),
    ],
)
def test_other_addresses_are_refused_without_giving_secrets_away(written: str, expected: str) -> None:
    """Whoever pastes a password into an address does not find it in a log."""
    (problem,) = _problems(_JIRA | {"JIRA_BASE_URL": written})
    assert problem.startswith("JIRA_BASE_URL: found ")
    assert expected in problem
    assert "hushhush" not in problem


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({"JIRA_EMAIL": "ops@example.com"}, ["JIRA_BASE_URL", "JIRA_API_TOKEN"]),
        (_JIRA | {"JIRA_API_TOKEN": " "}, ["JIRA_API_TOKEN"]),
        (_JIRA | {"JIRA_BASE_URL": ""}, ["JIRA_BASE_URL"]),
        ({"JIRA_PAT": "x"}, ["JIRA_BASE_URL"]),
        (_SERVER | {"TEMPO_BASE_URL": "https://api.tempo.io/4"}, ["TEMPO_API_TOKEN"]),
        (_SERVER | {"TEMPO_API_TOKEN": "x"}, ["TEMPO_BASE_URL"]),
        ({"TEMPO_API_TOKEN": "x"}, ["TEMPO_BASE_URL"]),
        ({"TEMPO_BASE_URL": "https://api.tempo.io/4"}, ["TEMPO_API_TOKEN"]),
    ],
)
def test_what_belongs_together_is_missed_by_name(env: dict[str, str], missing: list[str]) -> None:
    """Half a login is an error that says which half is not there."""
    problems = _problems(env)
    assert [problem.split(":")[0] for problem in problems] == missing
    assert all("found nothing" in problem for problem in problems)


@pytest.mark.parametrize("tempo", ["https://jira.example.com", "https://jira.example.com/", None])
def test_a_personal_access_token_opens_data_center_and_the_tempo_in_it(tempo: str | None) -> None:
    """At the same address no other token is needed; without an address there are no hours."""
    settings = load(_SERVER | ({"TEMPO_BASE_URL": tempo} if tempo else {}), env_file=None)

    assert settings.jira_pat == SecretStr("pat-s3cret")
    assert settings.jira_configured
    assert settings.tempo_configured == settings.tempo_is_in_jira == (tempo is not None)


def test_a_personal_access_token_is_asked_to_serve_at_no_other_address() -> None:
    """It would be sent to somebody who has no business with it."""
    (problem,) = _problems(_SERVER | {"TEMPO_BASE_URL": "https://api.tempo.io/4"})

    assert problem == (
        "TEMPO_API_TOKEN: found nothing; expected a token, as TEMPO_BASE_URL is set to another address than "
        "JIRA_BASE_URL, where JIRA_PAT would serve."
    )


def test_tempo_at_the_address_of_a_cloud_site_is_no_data_center() -> None:
    """Only the login tells."""
    settings = load(_JIRA | _TEMPO | {"TEMPO_BASE_URL": _JIRA["JIRA_BASE_URL"]}, env_file=None)

    assert not settings.tempo_is_in_jira


@pytest.mark.parametrize(
    ("more", "which"),
    [
        ({"JIRA_EMAIL": "ops@example.com", "JIRA_API_TOKEN": "s3cret"}, "JIRA_EMAIL and JIRA_API_TOKEN"),
        ({"JIRA_API_TOKEN": "s3cret"}, "JIRA_API_TOKEN"),
        ({"JIRA_EMAIL": "ops@example.com"}, "JIRA_EMAIL"),
    ],
)
def test_two_logins_are_an_error_that_says_which_to_drop(more: dict[str, str], which: str) -> None:
    """Nobody is left to guess which of them is used."""
    (problem,) = _problems(_SERVER | more)

    assert problem == (
        f"JIRA_PAT: found a second login beside {which}; expected one: drop JIRA_PAT to read Jira Cloud, "
        f"or {which} to read Jira Data Center."
    )


def test_an_address_alone_is_told_of_both_logins() -> None:
    """Whoever has a Data Center learns of its login at once."""
    problems = _problems({"JIRA_BASE_URL": "https://jira.example.com"})

    assert [problem.split(":")[0] for problem in problems] == ["JIRA_EMAIL", "JIRA_API_TOKEN"]
    assert all("JIRA_PAT, for Jira Data Center" in problem for problem in problems)


@pytest.mark.parametrize(
    ("env", "pat"),
    [
        ({"JIRA_BASE_URL": "https://example.atlassian.net", "JIRA_EMAIL": "ops@example.com"}, False),
        ({**_JIRA, "TEMPO_BASE_URL": "https://api.tempo.io/4"}, False),
        ({"JIRA_BASE_URL": "https://jira.example.com"}, True),
        ({"JIRA_BASE_URL": "https://jira.example.com", "TEMPO_BASE_URL": "https://api.tempo.io/4"}, True),
        (_SERVER, True),
        ({}, True),
    ],
)
def test_tokens_that_a_secret_may_hold_are_not_missed(env: dict[str, str], pat: bool) -> None:
    """Nobody looks into it to find out: the e-mail address tells which login it is."""
    settings = load(env | {"SECRETS_ID": "ops/portal"}, env_file=None)

    assert settings.login_is_a_pat is pat
    assert settings.secrets_id == "ops/portal"


def test_tempo_of_a_data_center_is_known_by_its_address_before_the_token_is() -> None:
    """The token that opens both may lie in the secret."""
    address = {"JIRA_BASE_URL": "https://jira.example.com", "TEMPO_BASE_URL": "https://jira.example.com/"}

    assert load(address | {"SECRETS_ID": "ops/portal"}, env_file=None).tempo_is_in_jira


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({"JIRA_EMAIL": "ops@example.com"}, "JIRA_BASE_URL"),
        ({"JIRA_BASE_URL": "https://example.atlassian.net", "JIRA_API_TOKEN": "s3cret"}, "JIRA_EMAIL"),
        ({"TEMPO_API_TOKEN": "s3cret"}, "TEMPO_BASE_URL"),
        ({"JIRA_PAT": "s3cret"}, "JIRA_BASE_URL"),
    ],
)
def test_what_no_secret_holds_is_missed_all_the_same(env: dict[str, str], missing: str) -> None:
    """At the start, by its name."""
    (problem,) = _problems(env | {"SECRETS_ID": "ops/portal"})

    assert problem.startswith(f"{missing}: found nothing; expected ")


@pytest.mark.parametrize(
    "secret_id",
    ["ops/portal", "ops_portal+1=a.b@c-d", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ops/portal-AbCdEf"],
)
def test_a_secret_is_named_by_its_name_or_its_arn(secret_id: str) -> None:
    """As it is written."""
    assert load({"SECRETS_ID": secret_id}, env_file=None).secrets_id == secret_id


@pytest.mark.parametrize(
    "secret_id",
    [
        '{"JIRA_API_TOKEN": "s3cret"}',
        "arn:aws:s3:::s3cret",
        "arn:aws:secretsmanager:eu-west-1:1:secret:s3cret",
        "two s3cret",
        "s3cret" * 100,
    ],
)
def test_what_names_no_secret_is_refused_and_not_shown(secret_id: str) -> None:
    """It may be the secret itself."""
    (problem,) = _problems({"SECRETS_ID": secret_id})

    assert problem == (
        "SECRETS_ID: found something that names no secret; expected the name of a secret of AWS Secrets Manager, or "
        "its ARN."
    )


def test_what_a_secret_adds_is_judged_as_if_it_stood_in_the_environment() -> None:
    """Settings of every kind come through as they were, and what is set wins."""
    env = _JIRA | {"SECRETS_ID": "ops/portal", "TEMPO_BASE_URL": "https://api.tempo.io/4", "SNAPSHOT_AT": "02:15"}
    settings = load(env | {"PORTAL_CLOCK": "frozen:2026-11-23T12:00:00Z"}, env_file=None)

    whole = joined(settings, {name: SecretStr(f" {name.lower()} ") for name in ("JIRA_API_TOKEN", "TEMPO_API_TOKEN")})

    assert whole.jira_api_token == SecretStr("jira-s3cret")
    assert whole.tempo_api_token == SecretStr("tempo_api_token")
    assert (whole.snapshot_at, whole.portal_clock) == (settings.snapshot_at, settings.portal_clock)
    assert tuple(row.name for row in table() if row.secret) == IN_A_SECRET


def test_all_bad_variables_are_listed_at_once() -> None:
    """One start, one list, with half a login in it."""
    env = {"WINDOW_DAYS": "1", "LOG_LEVEL": "x", "TEMPO_API_TOKEN": "tempo s3cret", "JIRA_EMAIL": "ops@example.com"}
    with pytest.raises(SettingsError) as raised:
        load(env, env_file=None)
    assert {problem.split(":")[0] for problem in raised.value.problems} == {
        "WINDOW_DAYS",
        "LOG_LEVEL",
        "TEMPO_API_TOKEN",
        "TEMPO_BASE_URL",
        "JIRA_BASE_URL",
        "JIRA_API_TOKEN",
    }
    assert isinstance(raised.value, PortalError)
    text = str(raised.value)
    assert "docs/settings.md" in text
    assert len(text.splitlines()) == 7
    assert "s3cret" not in text


@settings(deadline=None)  # a slow machine is no fault
@given(st.dictionaries(st.sampled_from([row.name for row in table()]), st.text(max_size=40)))
def test_any_values_are_settings_or_a_settings_error(env: dict[str, str]) -> None:
    """No other exception leaves the reader, and no secret is in its text."""
    secret = "s3cret " + env.get("JIRA_API_TOKEN", "")
    try:
        settings = load(env | {"JIRA_API_TOKEN": secret}, env_file=None)
    except SettingsError as error:
        text = str(error)
    else:
        text = repr(settings)
    assert "s3cret" not in text


def test_secrets_are_masked_wherever_settings_are_printed() -> None:
    """`repr`, `str` and a dump show stars."""
    settings = load(_JIRA | _TEMPO, env_file=None)
    for text in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "s3cret" not in text


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache",
        "redis://cache:6380/3",
        "rediss://:s3cret@cache.example.com:6379/0",
        "rediss://portal:s3%2Fcret@[::1]:6379?ssl_ca_certs=/etc/ca.pem",
        "unix:///run/redis.sock?db=2&password=s3cret",
    ],
)
def test_addresses_of_a_redis(url: str) -> None:
    """Each is one that the client library takes, and none is shown."""
    settings = load({"REDIS_URL": url}, env_file=None)

    assert settings.redis_url is not None
    with Redis.from_url(settings.redis_url.get_secret_value()) as client:
        assert client.connection_pool.connection_kwargs
    for text in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "s3" not in text
        assert "cache" not in text.replace("cache_", "")


@pytest.mark.parametrize(
    "url",
    [
        "s3cret",
        "http://cache:6379",
        "redis:cache",
        "redis://",
        "redis://:s3cret@",
        "redis://cache:0",
        "redis://cache:s3cret",
        "redis://cache/s3cret",
        "redis://:s3/cret@cache",
        "redis://:s3#cret@cache",
        "redis://:s3 cret@cache",
        "redis://[s3cret",
        "redis://cache?socket_timeout=60",
        "redis://cache?ssl_ca_certs=s3cret",
        "redis://cache?db=s3cret",
        "rediss://cache?ssl_cert_reqs=none",
        "unix://cache/run/redis.sock",
        "unix:///",
    ],
)
def test_what_is_no_address_of_a_redis_is_refused_and_not_shown(url: str) -> None:
    """A password may stand anywhere in it. Options that lengthen time-outs or trust anyone are refused too."""
    with pytest.raises(SettingsError) as raised:
        load({"REDIS_URL": url}, env_file=None)

    (problem,) = raised.value.problems
    assert problem.startswith("REDIS_URL: found ")
    assert "expected" in problem
    assert "s3" not in problem
    assert "cret" not in problem


def test_the_table_has_every_setting_and_says_which_are_secret() -> None:
    """Names in capitals, in the order of the model."""
    assert [row.name.lower() for row in table()] == list(Settings.model_fields)
    assert {row.name for row in table() if row.secret} == {
        "JIRA_API_TOKEN",
        "JIRA_PAT",
        "TEMPO_API_TOKEN",
        "REDIS_URL",
        "AUTH_PROXY_SECRET",
        "TOKEN_KEY",
    }
    assert all(row.type and row.help for row in table())


def test_the_page_of_settings_has_the_table() -> None:
    """docs/settings.md lists each setting as the model describes it, and no other."""
    page = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{row.name}` | {row.type} | {f'`{row.default}`' if row.default else 'not set'} "
        f"| {'yes' if row.secret else 'no'} | {row.help} |"
        for row in table()
    ]


def test_the_time_of_snapshots_is_a_time_of_day() -> None:
    """With hours and minutes; none by default, since something else may take them."""
    assert load({}, env_file=None).snapshot_at is None
    assert load({"SNAPSHOT_AT": " 02:15 "}, env_file=None).snapshot_at == time(2, 15)
    assert load({"SNAPSHOT_AT": "00:00"}, env_file=None).snapshot_at == time(0, 0)


@pytest.mark.parametrize("written", ["2:15", "24:00", "02:60", "02:15:00", "2.15", "02:15Z", "never"])
def test_what_is_no_time_of_day_is_told(written: str) -> None:
    """With what was found and an example."""
    expected = f"SNAPSHOT_AT: found {written!r}; expected a time of day with hours and minutes, as in 02:15."
    assert _problems({"SNAPSHOT_AT": written}) == (expected,)
