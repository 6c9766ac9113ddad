"""Everybody who appears in the demo: analysts, customers, automation; each with the fat user object Jira shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from demo.streams import stable_int
from demo.workflow import SITE, compact

_FIRST = (
    "Ana", "Bruno", "Camila", "Diego", "Elisa", "Felipe", "Gabriela", "Hugo", "Isabela", "João", "Karin", "Lucas",
    "Mariana", "Nils", "Olivia", "Paulo", "Quirina", "Rafael", "Sofia", "Thiago", "Ulrike", "Vitor", "Wiebke", "Yara",
    "Jonas", "Lena", "Matthias", "Svenja", "Deniz", "Aylin", "Noah", "Frieda",
)  # fmt: skip
_LAST = (
    "Almeida", "Barros", "Cardoso", "Duarte", "Esteves", "Ferreira", "Gonçalves", "Hoffmann", "Iversen", "Jansen",
    "Krüger", "Lima", "Moreira", "Nogueira", "Oliveira", "Pereira", "Queiroz", "Ribeiro", "Schäfer", "Teixeira",
    "Uhlig", "Vieira", "Weber", "Xavier", "Yıldız", "Zimmermann", "Brandt", "Costa", "Fischer",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """An account. `json` is its user object; `login` is None for those who hide their address."""

    account_id: str
    name: str
    login: str | None
    active: bool
    zone_name: str
    kind: str
    json: str


def person(
    account_id: str, name: str, *, login: str | None, active: bool = True, zone_name: str, kind: str = "atlassian"
) -> Person:
    """An account with its user object, written once."""
    face = f"https://avatar.example.net/{stable_int('face', account_id):016x}"
    shown: dict[str, object] = {
        "self": f"{SITE}/rest/api/3/user?accountId={account_id}",
        "accountId": account_id,
    }
    if login is not None:
        shown["emailAddress"] = login
    shown["avatarUrls"] = {
        f"{size}x{size}": f"{face}/{size}?initials={'+'.join(word[0] for word in name.split())}&default=identicon"
        for size in (48, 24, 16, 32)
    }
    shown |= {"displayName": name, "active": active, "timeZone": zone_name, "accountType": kind}
    return Person(account_id, name, login, active, zone_name, kind, compact(shown))


READER = person(
    "712020:7d1c4a52-08a1-4f0e-9f57-opsportal001",
    "Opsportal Reader",
    login="opsportal@demo.example.net",
    zone_name="America/Sao_Paulo",
)
"""The account whose credentials the demo accepts."""

AUTOMATION = person(
    "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077",
    "Automation for Jira",
    login=None,
    zone_name="Etc/UTC",
    kind="app",
)
TEMPO_APP = person(
    "557058:295406f3-a1fc-4733-b906-dd15d021bd79",
    "Timesheets by Tempo",
    login=None,
    zone_name="Etc/UTC",
    kind="app",
)
UNKNOWN = person("unknown", "Former user", login=None, active=False, zone_name="Etc/UTC")
"""What is left of an account whose record was lost."""


@cache
def analyst(team: str, index: int, zone_name: str, active: bool) -> Person:
    """The member of a team with that position; names do not repeat inside a team."""
    start = stable_int("analyst", team) % (len(_FIRST) * len(_LAST))
    name = _name(start + index * 37)
    account_id = f"712020:{stable_int('a', team, index):016x}-{stable_int('b', team, index) % 10**8:08d}"
    login = _login(name) if index % 3 else None
    return person(account_id, name, login=login, active=active, zone_name=zone_name)


@cache
def customer(project: str, index: int, zone_name: str, kind: str) -> Person:
    """The customer of a project with that position: a portal account, or a colleague where the project is in-house."""
    name = _name(stable_int("customer", project) + index * 53)
    prefix = "qm:3f1b6a90" if kind == "customer" else "5f"
    account_id = f"{prefix}:{stable_int('c', project, index):016x}"
    login = _login(name) if index % 2 else None
    return person(account_id, name, login=login, active=index % 23 != 7, zone_name=zone_name, kind=kind)


def _name(number: int) -> str:
    first, last = divmod(number % (len(_FIRST) * len(_LAST)), len(_LAST))
    return f"{_FIRST[first]} {_LAST[last]}"


def _login(name: str) -> str:
    plain = name.lower().translate(str.maketrans("ãçüäöıéí ", "acuaoiei."))
    return f"{plain}@demo.example.net"
