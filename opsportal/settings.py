"""The settings: one table of environment variables, read once. Nothing else in the project reads the environment.

```
PortalError
└── SettingsError    variables that cannot be used, all of them, each with what was found and what was expected
```
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from opsportal.setting_kinds import (
    REFUSED,
    Ancestors,
    Balancer,
    Email,
    FileOrObject,
    Groups,
    HistoryUrl,
    Issuer,
    LogFormat,
    LogLevel,
    LongSecret,
    Prefix,
    RedisUrl,
    SecretId,
    SignIn,
    StoodStill,
    TimeOfDay,
    Token,
    Url,
    Word,
    shown,
)
from opsportal.sign_in_settings import TOGETHER, without_use
from servicelevel.errors import PortalError
from servicelevel.field_texts import field_texts

_SHORT_CHARS = 12


class SettingsError(PortalError):
    """Variables that cannot be used. `problems` holds one line for each and never the value of a secret."""

    def __init__(self, problems: tuple[str, ...], *, secrets_id: str | None = None) -> None:
        super().__init__(problems)
        self.problems, self._secrets_id = problems, secrets_id

    def __str__(self) -> str:
        """Every problem on a line of its own, and where the settings are described."""
        joined = "" if self._secrets_id is None else f" together with what the secret {self._secrets_id} holds"
        head = f"The settings cannot be used{joined} (docs/settings.md describes them):"
        return "\n".join((head, *(f"  {problem}" for problem in self.problems)))


class Settings(BaseModel):
    """What the environment decides. Made by `load`; each field is the variable of its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

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
    secrets_id: SecretId | None = Field(None, title="name or ARN of a secret")
    """Secret of AWS Secrets Manager that holds tokens and passwords in place of the environment: a JSON object with any
    of `JIRA_API_TOKEN`, `JIRA_PAT`, `TEMPO_API_TOKEN`, `REDIS_URL`, `AUTH_PROXY_SECRET` and `TOKEN_KEY`. A variable
    that is set wins over it."""
    queue_registry: FileOrObject = Field("queue_registry.json", title="path of a file, or s3://bucket/key")
    """The queue registry: a path from the current folder, or an object in S3, where boto3 finds credentials, region and
    endpoint in its own variables (`AWS_…`)."""
    window_days: int = Field(120, title="whole number of days, 30 to 400", ge=30, le=400)
    """Days of tickets that are read: open now, or updated within so many days."""
    full_refresh_hours: int = Field(24, title="whole number of hours, 1 to 168", ge=1, le=168)
    """Hours after which every ticket is compared with Jira again, so that deleted and moved ones drop out."""
    redis_url: RedisUrl | None = Field(None, title="address of a Redis")
    """Redis that holds what has been read for all workers and tasks: `rediss://:password@host:6379/0`, `redis://…`
    without encryption, or `unix:///path`. Its database is for one portal alone. Without it, and while it cannot be
    reached, each machine has its own files in `CACHE_DIR`."""
    cache_dir: Path | None = Field(None, title="path of a folder")
    """Folder for what has been read: the next read then asks only for what changed. Without it every read is cold."""
    cache_ttl: int = Field(300, title="whole number of seconds, 1 to 86400", ge=1, le=86_400)
    """Seconds after which what the pages show has been read again. At twice that age it is called stale."""
    refresh_budget: int = Field(300, title="whole number of seconds, 10 to 3600", ge=10, le=3600)
    """Seconds that one refresh may take in all, waits included."""
    upstream_concurrency: int = Field(8, title="whole number, 1 to 16", ge=1, le=16)
    """Requests to Jira and Tempo that may be under way at once, from all workers together."""
    upstream_rate: int = Field(50, title="whole number a second, 1 to 1000", ge=1, le=1000)
    """Requests to Jira, and as many to Tempo, that may begin in one second, from all workers together."""
    retry_first: float = Field(60, title="number of seconds, 0.1 to 3600", ge=0.1, le=3600, allow_inf_nan=False)
    """Seconds until a read that failed is tried again, and until a source that is out of order is asked one question.
    After each failure the next wait is twice as long."""
    retry_longest: float = Field(900, title="number of seconds, 0.1 to 86400", ge=0.1, le=86_400, allow_inf_nan=False)
    """Seconds that such a wait grows to at most, unless the source itself asks for more."""
    lock_ttl: int = Field(30, title="whole number of seconds, 1 to 3600", ge=1, le=3600)
    """Seconds after its last sign of life until a worker that reads is taken for dead, and another one takes over."""
    history_url: HistoryUrl = Field("sqlite:///history.db", title="address of a database")
    """Where the days behind the trends are kept. For one machine `sqlite:///` and a path, which begins with a fourth
    slash when it is not meant from the current folder; for several a table, `dynamodb://table?region=eu-west-1`, with
    `&ttl_days=1095` if days shall go after so long."""
    snapshot_at: TimeOfDay | None = Field(None, title="time of day, as in 02:15")
    """Time of day in each queue's zone from which `opsportal serve` puts the day that has ended into history, and mends
    gaps as far as what it has read reaches back. Without it `serve` takes none, and `opsportal snapshot` is to be run
    once a day."""
    host: str = Field("127.0.0.1", title="address to listen on", min_length=1)
    """Address that `opsportal serve` listens on. With `AUTH=none` another address than this machine's own also needs
    `AUTH_NONE_CONFIRMED`, and a proxy before it that lets in whom you trust."""
    port: int = Field(8080, title="whole number, 1 to 65535", ge=1, le=65535)
    """Port that `opsportal serve` listens on."""
    web_concurrency: int = Field(2, title="whole number, 1 to 32", ge=1, le=32)
    """Worker processes of `opsportal serve`; each answers four requests at a time."""
    auth: SignIn = Field("none", title="one of none, proxy, alb-oidc")
    """Who says who somebody is: with `alb-oidc` the load balancer, which signs what it says; with `proxy` a reverse
    proxy that knows `AUTH_PROXY_SECRET`. With `none` nobody signs in and everybody is an admin."""
    auth_proxy_secret: LongSecret | None = Field(None, title="secret of 32 characters or more")
    """What the proxy of `AUTH=proxy` sends in `X-Portal-Proxy-Secret`, beside the person in `X-Forwarded-User` and
    their groups in `X-Forwarded-Groups`, separated by commas."""
    auth_alb_arn: Balancer | None = Field(None, title="ARN of a load balancer")
    """The one load balancer that is believed with `AUTH=alb-oidc`. Its keys are those of the region in its ARN."""
    auth_issuer: Issuer | None = Field(None, title="address")
    """Who signs people in for that balancer, to the letter as its listener names the issuer."""
    auth_client_id: Word | None = Field(None, title="text")
    """The client that the balancer is to that issuer."""
    auth_roles_claim: Word = Field("groups", title="text")
    """The claim in which the balancer says what somebody is: a text or a list of texts."""
    auth_leads: Groups | None = Field(None, title="names of groups, separated by commas")
    """Groups, or values of that claim, whose members are leads: they see analysts' names where the registry lets
    anybody. Everybody else who is signed in is a viewer."""
    auth_admins: Groups | None = Field(None, title="names of groups, separated by commas")
    """Groups, or values of that claim, whose members are admins: they see the portal's own matters too, and may have
    it read anew."""
    auth_none_confirmed: Literal["yes"] | None = Field(None, title="`yes`")
    """`yes` lets `opsportal serve` listen on another address than this machine's own although nobody signs in."""
    token_key: LongSecret | None = Field(None, title="secret of 32 characters or more")
    """Key that signs the tokens of `opsportal token create`, for programs, the pages of other sites and wallboards. A
    new key ends them all. Without it none is made, and none opens anything."""
    rate_limit: int = Field(600, title="whole number a minute, 0 to 1000000", ge=0, le=1_000_000)
    """Requests that one client may make at once, and a minute from then on: whoever has signed in, or else a network
    address. More are told to wait. Each task counts for itself; `0` is no limit."""
    trusted_proxies: int = Field(1, title="whole number, 0 to 5", ge=0, le=5)
    """Proxies that a request passes before it comes here, each of which adds an address to `X-Forwarded-For`: a load
    balancer is one, with CloudFront before it they are two. With `0` nothing is believed of `X-Forwarded-…`: for a
    portal that others reach without any."""
    url_prefix: Prefix = Field("/", title="path")
    """Path under which the pages live, such as `/portal/`, when something else lives beside them."""
    frame_ancestors: Ancestors = Field("'self'", title="origins, separated by spaces")
    """Sites that may show the pages in a frame: origins like `https://intranet.example.com`, `'self'` or `'none'`."""
    static_dir: Path | None = Field(None, title="path of a folder")
    """Folder of scripts and styles that `python -m dashboard.static` has filled, ready to be sent. Without it, and when
    they are of another release, `opsportal serve` makes them when it starts."""
    portal_clock: StoodStill | None = Field(None, title="`frozen:` and an instant")
    """The instant at which the portal believes to be, for demonstrations and tests: `frozen:2026-11-23T12:00:00Z`."""
    log_level: LogLevel = Field("INFO", title="one of DEBUG, INFO, WARNING, ERROR")
    """Least severe log line that is written."""
    log_format: LogFormat = Field("json", title="one of json, text")
    """Form of log lines: `json` is one object a line, for programs; `text` is for people at a terminal."""
    prometheus_multiproc_dir: Path | None = Field(None, title="path of a folder")
    """Folder in which the workers of one portal count for `/metrics`, emptied when it starts. It needs no disk: memory
    such as `/dev/shm/opsportal` is best. Without it the portal makes one of its own and takes it away again."""

    @property
    def jira_configured(self) -> bool:
        """Whether there is a Jira to read."""
        return self.jira_base_url is not None

    @property
    def tempo_configured(self) -> bool:
        """Whether there is a Tempo to read."""
        return self.tempo_base_url is not None

    @property
    def login_is_a_pat(self) -> bool:
        """Whether Jira is asked with a personal access token, as a Data Center wants it; the secret may hold it."""
        in_the_secret = self.secrets_id is not None and self.jira_email is None and self.jira_api_token is None
        return self.jira_pat is not None or in_the_secret

    @property
    def tempo_is_in_jira(self) -> bool:
        """Whether Tempo is the one that lives in a Jira Data Center, below the same address."""
        return self.login_is_a_pat and self.tempo_base_url == self.jira_base_url


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
    texts = dict(field_texts(Settings))
    return tuple(
        SettingRow(
            name=name.upper(),
            type=field.title or "",
            default="" if field.default is None else str(field.default),
            secret=_is_secret(name),
            help=" ".join(texts[name].split()),
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
    problems = (*_half_set(values), *without_use(values))
    try:
        settings = Settings(**values)  # texts, which the model converts
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise SettingsError((*(_problem(detail, values) for detail in details), *problems)) from None
    if problems:
        raise SettingsError(problems)
    return settings


def joined(settings: Settings, secret: Mapping[str, SecretStr]) -> Settings:
    """Settings with what a secret adds to them, by the names in `IN_A_SECRET`. What is set already stays as it is.

    Raises:
        SettingsError: values of the secret that cannot be used, or that do not make a whole with the others.
    """
    there = {name: str(value) for name, value in settings if value is not None and name in settings.model_fields_set}
    there.pop("secrets_id", None)  # from here on nothing may lack
    texts = {name.lower(): value.get_secret_value().strip() for name, value in secret.items()}
    added = {name: text for name, text in texts.items() if text and name not in there}
    problems = _half_set({**there, **added})
    try:
        more = Settings(**added)  # texts, which the model converts
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = (*(_problem(detail, added) for detail in details), *problems)
        raise SettingsError(problems, secrets_id=settings.secrets_id) from None
    if problems:
        raise SettingsError(problems, secrets_id=settings.secrets_id)
    return settings.model_copy(update={name: getattr(more, name) for name in added})


def alone(values: Mapping[str, str]) -> dict[str, str]:
    """An environment for a program that shall see these settings and no others, from wherever it would read them."""
    defaults = {row.name: row.default for row in table()}  # an empty one switches the line of a file off
    return {**os.environ, **defaults, **values}


def forget_empty() -> None:
    """Take settings that are empty out of the process's own environment, once they were read.

    Libraries look at some of the same names and do not know that an empty value counts as not set.
    """
    for name in _names():
        if not os.environ.get(name, "set").strip():
            del os.environ[name]


def _names() -> tuple[str, ...]:
    return tuple(name.upper() for name in Settings.model_fields)


def _is_secret(name: str) -> bool:
    kinds = get_args(Settings.model_fields[name].annotation)
    return any(kind in kinds for kind in (Token, LongSecret, RedisUrl))


IN_A_SECRET = tuple(name for name in _names() if _is_secret(name.lower()))
"""Settings that the secret of `SECRETS_ID` may hold."""


def _from_file(env_file: Path | None) -> dict[str, str]:
    if env_file is None:
        return {}
    try:
        lines = dotenv_values(env_file)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((f"{env_file}: found a file that cannot be read; expected text in UTF-8.",)) from error
    return {name.upper(): value for name, value in lines.items() if value is not None and name.upper() in _names()}


def _half_set(values: Mapping[str, str]) -> tuple[str, ...]:
    missing = tuple(
        f"{name.upper()}: found nothing; expected {_wanted(name)}, "
        f"as {_given(group, values)} set{_instead(name, values)}."
        for group in (*_together(values), TOGETHER.get(values.get("auth", "").lower(), ()))
        for name in group
        if name not in values and any(other in values for other in group) and not _may_be_in_the_secret(name, values)
    )
    both = tuple(name for name in _CLOUD_LOGIN if name in values)
    if "jira_pat" not in values or not both:
        return missing
    cloud = " and ".join(name.upper() for name in both)
    clash = f"JIRA_PAT: found a second login beside {cloud}; expected one: drop JIRA_PAT to read Jira Cloud, or "
    return (*missing, f"{clash}{cloud} to read Jira Data Center.")


def _may_be_in_the_secret(name: str, values: Mapping[str, str]) -> bool:
    return "secrets_id" in values and _is_secret(name)


def _together(values: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Settings that mean something only together: which they are depends on the login."""
    cloud = any(name in values for name in _CLOUD_LOGIN)
    if "jira_pat" not in values and (cloud or "secrets_id" not in values):
        return ("jira_base_url", *_CLOUD_LOGIN), ("tempo_base_url", "tempo_api_token")
    jira, tempo = (values.get(name, "").rstrip("/") for name in ("jira_base_url", "tempo_base_url"))
    return ("jira_base_url", "jira_pat"), ("tempo_base_url",) if tempo and jira == tempo else (
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
    if detail["type"] == REFUSED:
        found, expected = context["found"], context["expected"]
    else:
        found = "a secret" if _is_secret(name) else shown(values[name], _SHORT_CHARS)
        expected = _wanted(name)
    return f"{name.upper()}: found {found}; expected {expected}."
