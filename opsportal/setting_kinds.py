"""The kinds of values that settings have: what fits each, and what is said of one that does not fit."""

import re
from datetime import datetime, time
from ipaddress import ip_address
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_core import PydanticCustomError

from opsportal.history_place import NoPlace, history_place

REFUSED = "setting_refused"
"""The type of the errors made here; their context holds what was found and what was expected."""

_SHOWN_CHARS = 60
_LEAST_SECRET_CHARS = 32
_LEAST_DIFFERENT_CHARS = 8
_BALANCER = r"arn:aws:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-z]{16}"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_HOST = 253
_ODD_PATH = re.compile(r"//+[^/]|/\.\.?(?:/|$)|%(?:00|2e|2f|5c)|[^!-~]", re.IGNORECASE)
"""Empty segments, ways up, and what stands for a dot or a slash only in some eyes."""
_KEPT_UNDER = r"[A-Za-z0-9/_+=.@-]{1,512}"
_KEPT_UNDER_ARN = r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}"
_REDIS_OPTIONS = ("db", "username", "password")
_TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_REDIS_EXPECTED = "an address such as rediss://:password@redis.example.com:6379/0, redis://… or unix:///run/redis.sock"
_REDIS_ESCAPED = "an address on one line; in a password / is written %2F, # is %23, % is %25 and a space %20"


def _refusal(found: str, expected: str) -> PydanticCustomError:
    return PydanticCustomError(REFUSED, "refused", {"found": found, "expected": expected})


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
    if parts.scheme == "http" and not is_loopback(host):
        raise _refusal(shown(f"http://{parts.netloc}"), expected)
    if not _is_plain_host(host) or parts.netloc.endswith(":") or parts.port == 0 or _ODD_PATH.search(parts.path):
        raise _refusal("an address that programs read in different ways", f"{expected}, with a plain name and path")
    return _without_trailing_slash(parts)


def _is_plain_host(host: str) -> bool:
    """Whether a host is a name of letters, digits and hyphens, or an address written as always."""
    try:
        return ip_address(host).compressed == host and "%" not in host
    except ValueError:
        return len(host) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, host.split(".")))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _without_trailing_slash(parts: SplitResult) -> str:
    return parts._replace(path=parts.path.rstrip("/")).geturl()


def _shown_address(written: str) -> str:
    # A token pasted into the wrong line must not appear; only what looks like a host is shown again.
    return shown(written) if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+/?", written) else "something that is no address"


def shown(value: str, most: int = _SHOWN_CHARS) -> str:
    """A value in quotes, cut when it is long."""
    return repr(value if len(value) <= most else value[: most - 1] + "…")


def _secret_id(value: Any) -> str:
    written = str(value)
    if not re.fullmatch(f"{_KEPT_UNDER}|{_KEPT_UNDER_ARN}", written):
        # The secret itself may have been put here, so nothing of it is shown.
        raise _refusal("something that names no secret", "the name of a secret of AWS Secrets Manager, or its ARN")
    return written


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value) or not value.isprintable():
        raise _refusal(shown(value) if "@" in value else "something without @", "the e-mail address of the account")
    return value


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise _refusal("a secret with spaces or special characters", "the token as it was given, on one line")
    return value


def _long_secret(value: SecretStr) -> SecretStr:
    # What others could guess or find in a list of examples protects nothing, so a short one is no secret.
    secret = _token(value).get_secret_value()
    if len(secret) < _LEAST_SECRET_CHARS or len(set(secret)) < _LEAST_DIFFERENT_CHARS:
        expected = f"at least {_LEAST_SECRET_CHARS} random characters, as `openssl rand -hex 32` makes them"
        raise _refusal("a secret that could be guessed", expected)
    return value


def _issuer(value: Any) -> str:
    _url(value)
    return str(value)  # told apart to the last character: some issuers end with a slash


def _balancer(value: Any) -> str:
    written = str(value)
    if not re.fullmatch(_BALANCER, written):
        expected = "the ARN of an Application Load Balancer: arn:aws:elasticloadbalancing:…:loadbalancer/app/name/id"
        raise _refusal(shown(written), expected)
    return written


def _word(value: Any) -> str:
    written = str(value)
    if not re.fullmatch(r"[!-~]{1,256}", written):
        raise _refusal(shown(written), "a text without spaces or special characters")
    return written


def _groups(value: Any) -> frozenset[str]:
    named = frozenset(name for part in str(value).split(",") if (name := part.strip()))
    if not named or not str(value).isprintable():
        raise _refusal(shown(str(value)), "names of groups, separated by commas")
    return named


def _redis(value: SecretStr) -> SecretStr:
    # Nothing of what was found is shown: the password may stand anywhere in it.
    written = value.get_secret_value()
    if not written.isprintable() or re.search(r"[\s#]", written):
        raise _refusal("an address with spaces or special characters", _REDIS_ESCAPED)
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _refusal("something that is no address of a Redis", _REDIS_EXPECTED) from None
    if parts.scheme == "unix":
        fits = host is None and parts.path.startswith("/") and len(parts.path) > 1
    else:
        numbered = re.fullmatch(r"/?|/\d{1,4}", parts.path) is not None
        fits = parts.scheme in {"redis", "rediss"} and bool(host) and port != 0 and numbered
    if not fits:
        raise _refusal("something that is no address of a Redis", _REDIS_EXPECTED)
    known = _REDIS_OPTIONS + (_TLS_OPTIONS if parts.scheme == "rediss" else ())
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not options.keys() <= set(known) or not re.fullmatch(r"\d{1,4}", options.get("db", "0")):
        raise _refusal("an option that is not known behind ?", f"none but {', '.join(known)}")
    return value


def _file_or_object(value: Any) -> str:
    written = str(value)
    if not written.isprintable() or ("://" in written and not re.fullmatch(r"s3://[^/@\s]+/[^/].*", written)):
        expected = "the path of a file, or the address of an object in S3 such as s3://bucket/key"
        raise _refusal(shown(written.partition("://")[0] + "://…"), expected)
    return written


def _history(value: Any) -> str:
    written = str(value)
    try:
        history_place(written)
    except NoPlace as error:
        raise _refusal(error.found, error.expected) from None
    return written


def _prefix(value: Any) -> str:
    parts = str(value).strip("/").split("/")
    if parts == [""]:
        return "/"
    if not all(re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", part) for part in parts):
        raise _refusal(shown(str(value)), "a path of letters, digits and hyphens such as /portal/")
    return f"/{'/'.join(parts)}/"


def _ancestors(value: Any) -> str:
    # In a file of settings quotes are part of the notation, so `self` and `none` count without them too.
    origins = [{"self": "'self'", "none": "'none'"}.get(origin, origin) for origin in str(value).split()]
    fit = all(o == "'self'" or re.fullmatch(r"https?://[a-z0-9*.-]+(:[0-9*]+)?", o) for o in origins)
    if not fit and origins != ["'none'"]:
        raise _refusal(shown(str(value)), "origins such as https://intranet.example.com, 'self' or 'none'")
    return " ".join(origins)


def _frozen_at(value: Any) -> datetime:
    kind, _, text = str(value).partition(":")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if kind != "frozen" or at is None or at.utcoffset() is None:
        raise _refusal(shown(str(value)), "`frozen:` and an instant, as in frozen:2026-11-23T12:00:00Z")
    return at


def _time_of_day(value: Any) -> time:
    written = str(value)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written):
        raise _refusal(shown(written), "a time of day with hours and minutes, as in 02:15")
    return time.fromisoformat(written)


def _level(value: Any) -> str:
    return str(value).upper()


def _lower(value: Any) -> str:
    return str(value).lower()


Url: TypeAlias = Annotated[str, BeforeValidator(_url)]
Email: TypeAlias = Annotated[str, AfterValidator(_email)]
Token: TypeAlias = Annotated[SecretStr, AfterValidator(_token)]
LongSecret: TypeAlias = Annotated[SecretStr, AfterValidator(_long_secret)]
RedisUrl: TypeAlias = Annotated[SecretStr, AfterValidator(_redis)]
SecretId: TypeAlias = Annotated[str, BeforeValidator(_secret_id)]
FileOrObject: TypeAlias = Annotated[str, BeforeValidator(_file_or_object)]
HistoryUrl: TypeAlias = Annotated[str, BeforeValidator(_history)]
Prefix: TypeAlias = Annotated[str, BeforeValidator(_prefix)]
Ancestors: TypeAlias = Annotated[str, BeforeValidator(_ancestors)]
SignIn: TypeAlias = Annotated[Literal["none", "proxy", "alb-oidc"], BeforeValidator(_lower)]
Balancer: TypeAlias = Annotated[str, BeforeValidator(_balancer)]
Issuer: TypeAlias = Annotated[str, BeforeValidator(_issuer)]
Word: TypeAlias = Annotated[str, BeforeValidator(_word)]
Groups: TypeAlias = Annotated[frozenset[str], BeforeValidator(_groups)]
StoodStill: TypeAlias = Annotated[datetime, BeforeValidator(_frozen_at)]
TimeOfDay: TypeAlias = Annotated[time, BeforeValidator(_time_of_day)]
LogFormat: TypeAlias = Annotated[Literal["json", "text"], BeforeValidator(_lower)]
LogLevel: TypeAlias = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_level)]
