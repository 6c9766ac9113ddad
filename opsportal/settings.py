"""The settings: one table of environment variables, read once. Nothing else in the project reads the environment.

```
PortalError
└── SettingsError    variables that cannot be used, all of them, each with what was found and what was expected
```
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from servicelevel.errors import PortalError

_REFUSED = "setting_refused"
_SHOWN_CHARS = 60
_SHORT_CHARS = 12


class SettingsError(PortalError):
    """Variables that cannot be used. `problems` holds one line for each and never the value of a secret."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """Every problem on a line of its own, and where the settings are described."""
        lines = ("The settings cannot be used (docs/settings.md describes them):", *(f"  {p}" for p in self.problems))
        return "\n".join(lines)


def _refusal(found: str, expected: str) -> PydanticCustomError:
    return PydanticCustomError(_REFUSED, "refused", {"found": found, "expected": expected})


def _url(value: Any) -> str:
    expected = "an https address such as https://example.atlassian.net (http on this machine only)"
    written = str(value)
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _refusal("something that is no address", expected) from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s\\]", written) or not written.isprintable():
        raise _refusal(_shown_address(written), expected)
    if parts.username is not None or parts.password is not None:
        raise _refusal("an address with a user in it", "an address without user and password")
    if "?" in written or "#" in written:
        raise _refusal("an address with ? or # in it", "an address without query and fragment")
    if parts.scheme == "http" and not _is_loopback(host):
        raise _refusal(_shown(f"http://{parts.netloc}"), expected)
    return _without_trailing_slash(parts)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _without_trailing_slash(parts: SplitResult) -> str:
    return parts._replace(path=parts.path.rstrip("/")).geturl()


def _shown_address(written: str) -> str:
    # A token pasted into the wrong line must not appear; only what looks like a host is shown again.
    return _shown(written) if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+/?", written) else "something that is no address"


def _shown(value: str, most: int = _SHOWN_CHARS) -> str:
    return repr(value if len(value) <= most else value[: most - 1] + "…")


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value) or not value.isprintable():
        raise _refusal(_shown(value) if "@" in value else "something without @", "the e-mail address of the account")
    return value


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise _refusal("a secret with spaces or special characters", "the token as it was given, on one line")
    return value


def _file_or_object(value: Any) -> str:
    written = str(value)
    if not written.isprintable() or ("://" in written and not re.fullmatch(r"s3://[^/@\s]+/[^/].*", written)):
        expected = "the path of a file, or the address of an object in S3 such as s3://bucket/key"
        raise _refusal(_shown(written.partition("://")[0] + "://…"), expected)
    return written


def _history(value: Any) -> str:
    written = str(value)
    if not re.fullmatch(r"sqlite:///.+", written) or not written.isprintable():
        raise _refusal(_shown(written.partition("://")[0] + "://…"), "an address such as sqlite:///history.db")
    return written


def _prefix(value: Any) -> str:
    parts = str(value).strip("/").split("/")
    if parts == [""]:
        return "/"
    if not all(re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", part) for part in parts):
        raise _refusal(_shown(str(value)), "a path of letters, digits and hyphens such as /portal/")
    return f"/{'/'.join(parts)}/"


def _ancestors(value: Any) -> str:
    # In a file of settings quotes are part of the notation, so `self` and `none` count without them too.
    origins = [{"self": "'self'", "none": "'none'"}.get(origin, origin) for origin in str(value).split()]
    fit = all(o == "'self'" or re.fullmatch(r"https?://[a-z0-9*.-]+(:[0-9*]+)?", o) for o in origins)
    if not fit and origins != ["'none'"]:
        raise _refusal(_shown(str(value)), "origins such as https://intranet.example.com, 'self' or 'none'")
    return " ".join(origins)


def _frozen_at(value: Any) -> datetime:
    kind, _, text = str(value).partition(":")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if kind != "frozen" or at is None or at.utcoffset() is None:
        raise _refusal(_shown(str(value)), "`frozen:` and an instant, as in frozen:2026-11-23T12:00:00Z")
    return at


def _level(value: Any) -> str:
    return str(value).upper()


Url: TypeAlias = Annotated[str, BeforeValidator(_url)]
Email: TypeAlias = Annotated[str, AfterValidator(_email)]
Token: TypeAlias = Annotated[SecretStr, AfterValidator(_token)]
FileOrObject: TypeAlias = Annotated[str, BeforeValidator(_file_or_object)]
HistoryUrl: TypeAlias = Annotated[str, BeforeValidator(_history)]
Prefix: TypeAlias = Annotated[str, BeforeValidator(_prefix)]
Ancestors: TypeAlias = Annotated[str, BeforeValidator(_ancestors)]
StoodStill: TypeAlias = Annotated[datetime, BeforeValidator(_frozen_at)]
LogLevel: TypeAlias = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_level)]


class Settings(BaseSettings):
    """What the environment decides. Made by `load`; each field is the variable of its name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    jira_base_url: Url | None = Field(None, title="address")
    """Address of Jira Cloud: `https://example.atlassian.net`, or the gateway's `https://api.atlassian.com/ex/jira/…`
    for a scoped token. Or that of a Jira Data Center. Without it the portal offers the demo."""
    jira_email: Email | None = Field(None, title="e-mail address")
    """E-mail address of the account that the token belongs to, for Jira Cloud."""
    jira_api_token: Token | None = Field(None, title="token")
    """API token of that account, for Jira Cloud."""
    jira_pat: Token | None = Field(None, title="token")
    """Personal access token, for Jira Data Center: in place of `JIRA_EMAIL` and `JIRA_API_TOKEN`."""
    tempo_base_url: Url | None = Field(None, title="address")
    """Address of Tempo Cloud with its version: `https://api.tempo.io/4`. With `JIRA_PAT` the same as `JIRA_BASE_URL`,
    for Tempo on Data Center. Without it hours are not configured."""
    tempo_api_token: Token | None = Field(None, title="token")
    """Tempo API token that may see the worklogs of all teams. On Data Center `JIRA_PAT` serves when it is not set."""
    queue_registry: FileOrObject = Field("queue_registry.json", title="path of a file, or s3://bucket/key")
    """The queue registry: a path from the current folder, or an object in S3, where boto3 finds credentials, region and
    endpoint in its own variables (`AWS_…`)."""
    window_days: int = Field(120, title="whole number of days, 30 to 400", ge=30, le=400)
    """Days of tickets that are read: open now, or updated within so many days."""
    full_refresh_hours: int = Field(24, title="whole number of hours, 1 to 168", ge=1, le=168)
    """Hours after which every ticket is compared with Jira again, so that deleted and moved ones drop out."""
    cache_dir: Path | None = Field(None, title="path of a folder")
    """Folder for what has been read: the next read then asks only for what changed. Without it every read is cold."""
    cache_ttl: int = Field(300, title="whole number of seconds, 10 to 86400", ge=10, le=86_400)
    """Seconds after which what the pages show is read again. At twice that age it is called stale."""
    refresh_budget: int = Field(300, title="whole number of seconds, 10 to 3600", ge=10, le=3600)
    """Seconds that one refresh may take in all, waits included."""
    upstream_concurrency: int = Field(8, title="whole number, 1 to 16", ge=1, le=16)
    """Requests to Jira and Tempo that may be under way at once."""
    history_url: HistoryUrl = Field("sqlite:///history.db", title="address of a database")
    """Where the days behind the trends are kept: `sqlite:///` and a path, which begins with a fourth slash when it is
    not meant from the current folder."""
    history_days: int = Field(60, title="whole number of days, 0 to 365", ge=0, le=365)
    """Days before today that `opsportal serve` puts into history when they are not there, as far as what was read
    reaches back; 0: none."""
    host: str = Field("127.0.0.1", title="address to listen on", min_length=1)
    """Address that `opsportal serve` listens on. Nobody signs in: another address than this machine's own also needs
    `AUTH_NONE_CONFIRMED`, and a proxy before it that lets in whom you trust."""
    port: int = Field(8080, title="whole number, 1 to 65535", ge=1, le=65535)
    """Port that `opsportal serve` listens on."""
    web_concurrency: int = Field(2, title="whole number, 1 to 32", ge=1, le=32)
    """Worker processes of `opsportal serve`; each answers four requests at a time."""
    auth_none_confirmed: Literal["yes"] | None = Field(None, title="`yes`")
    """`yes` lets `opsportal serve` listen on another address than this machine's own although nobody signs in."""
    url_prefix: Prefix = Field("/", title="path")
    """Path under which the pages live, such as `/portal/`, when something else lives beside them."""
    frame_ancestors: Ancestors = Field("'self'", title="origins, separated by spaces")
    """Sites that may show the pages in a frame: origins like `https://intranet.example.com`, `'self'` or `'none'`."""
    portal_clock: StoodStill | None = Field(None, title="`frozen:` and an instant")
    """The instant at which the portal believes to be, for demonstrations and tests: `frozen:2026-11-23T12:00:00Z`."""
    log_level: LogLevel = Field("INFO", title="one of DEBUG, INFO, WARNING, ERROR")
    """Least severe log line that is written."""

    @property
    def jira_configured(self) -> bool:
        """Whether there is a Jira to read."""
        return self.jira_base_url is not None

    @property
    def tempo_configured(self) -> bool:
        """Whether there is a Tempo to read."""
        return self.tempo_base_url is not None

    @property
    def tempo_is_in_jira(self) -> bool:
        """Whether Tempo is the one that lives in a Jira Data Center, below the same address."""
        return self.jira_pat is not None and self.tempo_base_url == self.jira_base_url

    @property
    def open_to_others(self) -> bool:
        """Whether other machines can reach the pages."""
        return not _is_loopback(self.host)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # pydantic decides the form, here and below
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` has read counts, so that each variable is judged once and by one rule."""
        return (init_settings,)


_CLOUD_LOGIN = ("jira_email", "jira_api_token")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of the settings table, all in words; `default` is empty when there is none."""

    name: str
    type: str
    default: str
    secret: bool
    help: str


def table() -> tuple[SettingRow, ...]:
    """Every setting, in the order of the table."""
    return tuple(
        SettingRow(
            name=name.upper(),
            type=field.title or "",
            default="" if field.default is None else str(field.default),
            secret=_is_secret(name),
            help=" ".join((field.description or "").split()),
        )
        for name, field in Settings.model_fields.items()
    )


def load(env: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """The settings of an environment (by default the process's own) over those of a file of `NAME=value` lines.

    White space around values is dropped and an empty value counts as not set; a variable that is empty in the
    environment switches the line of the file off. A file that is not there is no error.

    Raises:
        SettingsError: values that cannot be used, all in one error.
    """
    environment = os.environ if env is None else env
    written = {**_from_file(env_file), **{name: environment[name] for name in _names() if name in environment}}
    values = {name.lower(): value.strip() for name, value in written.items() if value.strip()}
    problems = _half_set(values)
    try:
        settings = Settings(**values)  # type: ignore[arg-type]  # texts, which the model converts
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise SettingsError((*(_problem(detail, values) for detail in details), *problems)) from None
    if problems:
        raise SettingsError(problems)
    return settings


def alone(values: Mapping[str, str]) -> dict[str, str]:
    """An environment for a program that shall see these settings and no others, from wherever it would read them."""
    defaults = {row.name: row.default for row in table()}  # an empty one switches the line of a file off
    return {**os.environ, **defaults, **values}


def _names() -> tuple[str, ...]:
    return tuple(name.upper() for name in Settings.model_fields)


def _is_secret(name: str) -> bool:
    return Token in get_args(Settings.model_fields[name].annotation)


def _from_file(env_file: Path | None) -> dict[str, str]:
    if env_file is None:
        return {}
    try:
        lines = DotEnvSettingsSource(Settings, env_file=env_file, env_file_encoding="utf-8").env_vars
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((f"{env_file}: found a file that cannot be read; expected text in UTF-8.",)) from error
    return {name.upper(): value for name, value in lines.items() if value is not None and name.upper() in _names()}


def _half_set(values: Mapping[str, str]) -> tuple[str, ...]:
    missing = tuple(
        f"{name.upper()}: found nothing; expected {_wanted(name)}, "
        f"as {_given(group, values)} set{_instead(name, values)}."
        for group in _together(values)
        for name in group
        if name not in values and any(other in values for other in group)
    )
    both = tuple(name for name in _CLOUD_LOGIN if name in values)
    if "jira_pat" not in values or not both:
        return missing
    cloud = " and ".join(name.upper() for name in both)
    clash = f"JIRA_PAT: found a second login beside {cloud}; expected one: drop JIRA_PAT to read Jira Cloud, or "
    return (*missing, f"{clash}{cloud} to read Jira Data Center.")


def _together(values: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Settings that mean something only together: which they are depends on the login."""
    if "jira_pat" not in values:
        return ("jira_base_url", *_CLOUD_LOGIN), ("tempo_base_url", "tempo_api_token")
    jira, tempo = (values.get(name, "").rstrip("/") for name in ("jira_base_url", "tempo_base_url"))
    return ("jira_base_url", "jira_pat"), ("tempo_base_url",) if jira == tempo else (
        "tempo_base_url",
        "tempo_api_token",
    )


def _instead(name: str, values: Mapping[str, str]) -> str:
    if name in _CLOUD_LOGIN and not any(other in values for other in _CLOUD_LOGIN):
        return " (or JIRA_PAT, for Jira Data Center)"
    if name == "tempo_api_token" and "jira_pat" in values:
        return " to another address than JIRA_BASE_URL, where JIRA_PAT would serve"
    return ""


def _wanted(name: str) -> str:
    kind = str(Settings.model_fields[name].title)
    if kind.startswith("one of "):
        return kind
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _given(group: tuple[str, ...], values: Mapping[str, str]) -> str:
    given = [name.upper() for name in group if name in values]
    return f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'}"


def _problem(detail: ErrorDetails, values: Mapping[str, str]) -> str:
    name = str(detail["loc"][0])
    context = detail.get("ctx", {})
    if detail["type"] == _REFUSED:
        found, expected = context["found"], context["expected"]
    else:
        found = "a secret" if _is_secret(name) else _shown(values[name], _SHORT_CHARS)
        expected = _wanted(name)
    return f"{name.upper()}: found {found}; expected {expected}."
