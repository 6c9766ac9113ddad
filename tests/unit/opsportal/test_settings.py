"""The settings table and how it is read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from opsportal.settings import Settings, SettingsError, load, table
from servicelevel.errors import PortalError

_JIRA = {
    "JIRA_BASE_URL": "https://example.atlassian.net",
    "JIRA_EMAIL": "ops@example.com",
    "JIRA_API_TOKEN": "jira-s3cret",
}
_TEMPO = {"TEMPO_BASE_URL": "https://api.tempo.io/4", "TEMPO_API_TOKEN": "tempo-s3cret"}


def _problems(env: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        load(env, env_file=None)
    return raised.value.problems


def test_nothing_is_required() -> None:
    """An empty environment has the defaults of the table, and neither Jira nor Tempo."""
    settings = load({}, env_file=None)
    assert settings.queue_registry == Path("queue_registry.json")
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
    assert settings.queue_registry == Path("/etc/ops/queues.json")
    assert (settings.window_days, settings.refresh_budget, settings.upstream_concurrency) == (30, 60, 16)
    assert settings.log_level == "DEBUG"
    assert settings.jira_configured
    assert settings.tempo_configured


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
        ("QUEUE_REGISTRY", "s3://bucket/key", "'s3://…'", "the path of a file"),
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
        ({"TEMPO_API_TOKEN": "x"}, ["TEMPO_BASE_URL"]),
        ({"TEMPO_BASE_URL": "https://api.tempo.io/4"}, ["TEMPO_API_TOKEN"]),
    ],
)
def test_what_belongs_together_is_missed_by_name(env: dict[str, str], missing: list[str]) -> None:
    """Half a login is an error that says which half is not there."""
    problems = _problems(env)
    assert [problem.split(":")[0] for problem in problems] == missing
    assert all("found nothing" in problem for problem in problems)


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


def test_the_table_has_every_setting_and_says_which_are_secret() -> None:
    """Names in capitals, in the order of the model."""
    assert [row.name.lower() for row in table()] == list(Settings.model_fields)
    assert {row.name for row in table() if row.secret} == {"JIRA_API_TOKEN", "TEMPO_API_TOKEN"}
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
