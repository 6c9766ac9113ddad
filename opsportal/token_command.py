"""`opsportal token create`: a signed token, for one who cannot sign in."""

import re
import secrets
from datetime import UTC, datetime
from typing import Final

import click

from opsportal import tokens, wiring
from opsportal.command import WRONG_USAGE, Examples, says_what_is_wrong, stop
from opsportal.reports import found
from opsportal.settings import Settings, SettingsError, load
from opsportal.token_scope import LONGEST_MS, PURPOSES, VIEWS, Purpose, is_origin
from opsportal.tokens import Grant
from servicelevel.instants import DAY_MS, HOUR_MS, MINUTE_MS

_UNITS_MS: Final = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_LONGEST_WORDS: Final = {"api": "366d", "embed": "5m", "kiosk": "366d"}
_USED: Final = {
    "api": "A program sends it as `Authorization: Bearer …`.",
    "embed": "That site's page shows {prefix}embed?token=… in a frame (docs/embedding.md).",
    "kiosk": "The wallboard opens {prefix}kiosk?token=… once.",
}


@click.group("token")
def token() -> None:
    """Signed tokens, for programs, the pages of other sites and wallboards, which cannot sign in."""


def _duration(_: click.Context, __: click.Parameter, value: str) -> int:
    parts = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", value)
    if parts is None:
        raise click.BadParameter(f"{value!r} is no length of time; write it as 5m, 8h or 90d")
    return int(parts[1]) * _UNITS_MS[parts[2]]


def _origin(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not is_origin(value):
        raise click.BadParameter(
            f"{value[:60]!r} is no origin; write it as https://intranet.example.com, with :port where it has an "
            "unusual one, in small letters and without a slash at the end (http on this machine only)"
        )
    return value


@token.command(
    "create",
    cls=Examples,
    example="opsportal token create --purpose api --queue billing --for 90d\n"
    "opsportal token create --purpose embed --queue billing --origin https://intranet.example.com --for 1m\n"
    "opsportal token create --purpose kiosk --view overview --view queue --for 365d",
)
@click.option("--purpose", type=click.Choice(PURPOSES), required=True, help="What it is for.")
@click.option("--queue", "queues", metavar="ID", multiple=True, help="Only this queue; may be repeated (default: all).")
@click.option(
    "--view", "views", type=click.Choice(VIEWS), multiple=True, help="Only this page; may be repeated (default: all)."
)
@click.option(
    "--origin", metavar="URL", callback=_origin, help="Site whose pages may show it: for embed, and only there."
)
@click.option(
    "--for",
    "lasts_ms",
    metavar="TIME",
    callback=_duration,
    required=True,
    help="How long it lives, such as 5m, 8h or 90d: embed at most 5m, api and kiosk 366d.",
)
@says_what_is_wrong
def create(
    purpose: Purpose, queues: tuple[str, ...], views: tuple[str, ...], origin: str | None, lasts_ms: int
) -> None:
    """Make a signed token and print it.

    The token alone goes to standard output; what it opens, and the id with which the registry's `revoked_tokens` ends
    it, to standard error. Whoever has it may see what it opens: hand it over as you would a password. TOKEN_KEY signs
    it.
    """
    if (origin is not None) != (purpose == "embed"):
        stop("--origin names the site that shows an embed token, and goes with --purpose embed alone.", WRONG_USAGE)
    if lasts_ms > LONGEST_MS[purpose]:
        stop(f"A token for {purpose} lives {_LONGEST_WORDS[purpose]} at most.", WRONG_USAGE)
    settings = load()
    policy = wiring.registry(settings.queue_registry).read()
    chosen = frozenset(found(policy, queue).id for queue in queues) or None
    key = _key(settings)
    now_ms = wiring.clock_ms()
    until_ms = now_ms + lasts_ms
    grant = Grant(purpose, secrets.token_hex(8), now_ms, until_ms, chosen, frozenset(views) or None, origin)
    text = tokens.make(key, grant)
    click.echo(_said(grant, settings.url_prefix), err=True)
    click.echo(text)


def _key(settings: Settings) -> str:
    key = wiring.present(settings).get().token_key
    if key is None:
        expected = (
            "TOKEN_KEY: found nothing; expected a secret of 32 characters or more, as `openssl rand -hex 32` makes."
        )
        raise SettingsError((expected,), secrets_id=settings.secrets_id)
    return key.get_secret_value()


def _said(grant: Grant, prefix: str) -> str:
    used = _USED[grant.purpose].format(prefix=prefix)
    until = datetime.fromtimestamp(grant.until_ms / 1000, UTC)
    lines = [
        f"A token for {grant.purpose}, valid until {until:%Y-%m-%d %H:%M:%S} UTC. {used}",
        f"  queues  {', '.join(sorted(grant.queues)) if grant.queues else 'all'}",
        f"  pages   {', '.join(sorted(grant.views)) if grant.views else 'all'}",
    ]
    if grant.origin is not None:
        lines.append(f"  shown   by {grant.origin} alone")
    lines.append(f"  id      {grant.id} (in the registry's revoked_tokens it ends before its time)")
    return "\n".join(lines)
