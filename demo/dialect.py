"""The two ways in which one data set is written: as Jira Cloud does, and as Jira Data Center does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

from demo.people import AUTOMATION, READER, TEMPO_APP, UNKNOWN, Person
from demo.stamps import jira_stamp, utc_offset_stamp
from demo.streams import stable_int
from demo.ticket import Item
from demo.wording import document
from demo.workflow import SITE, IssueType, Priority, Resolution, Status, compact

Named: TypeAlias = Person | Status | Priority | Resolution | IssueType

_USERNAMES = {READER: "opsportal", AUTOMATION: "automation", TEMPO_APP: "tempo", UNKNOWN: "unknown"}
_PLAIN = str.maketrans("ãçüäöıéí ", "acuaoiei.")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How people, texts, instants and histories are written. Ids, keys and instants are the same in both."""

    name: str
    api: str

    @property
    def is_cloud(self) -> bool:
        """Whether this is Jira Cloud."""
        return self is CLOUD

    def shown(self, held: Named) -> str:
        """The object inside an issue."""
        return held.json if self is CLOUD else _server_object(held)

    def item(self, item: Item) -> str:
        """A line of a history; Data Center names no field id."""
        return item.json if self is CLOUD else _without_field_id(item)

    def text(self, text: str) -> str:
        """What somebody wrote: a document on Cloud, a text on Data Center."""
        return document(text) if self is CLOUD else compact(text)

    def stamp(self, at_ms: int) -> str:
        """An instant: in the account's zone on Cloud, in UTC on Data Center, whose server runs on UTC."""
        return jira_stamp(at_ms) if self is CLOUD else utc_offset_stamp(at_ms)


CLOUD = Dialect("cloud", "/rest/api/3")
DATA_CENTER = Dialect("datacenter", "/rest/api/2")
DIALECTS = {dialect.name: dialect for dialect in (CLOUD, DATA_CENTER)}


@cache
def username(person: Person) -> str:
    """The login name on Data Center. It says nothing of what kind of account this is, but for the name itself."""
    given = _USERNAMES.get(person)
    if given is not None:
        return given
    return f"{person.name.lower().translate(_PLAIN)}.{stable_int('username', person.account_id) % 65_536:04x}"


@lru_cache(maxsize=50_000)
def _server_object(held: Named) -> str:
    shown = json.loads(held.json.replace("/rest/api/3/", "/rest/api/2/"))
    if isinstance(held, Person):
        name = username(held)
        return compact(
            {
                "self": f"{SITE}/rest/api/2/user?username={name}",
                "name": name,
                "key": held.account_id,
                "emailAddress": held.login or f"{name}@demo.example.net",
                "avatarUrls": shown["avatarUrls"],
                "displayName": held.name,
                "active": held.active,
                "timeZone": held.zone_name,
            }
        )
    shown.pop("hierarchyLevel", None)
    return compact(shown)


@lru_cache(maxsize=50_000)
def _without_field_id(item: Item) -> str:
    shown = json.loads(item.json)
    shown.pop("fieldId", None)
    return compact(shown)
