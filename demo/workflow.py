"""The site's statuses, priorities, resolutions and issue types, each with the JSON that Jira shows for it."""

from __future__ import annotations

import json
from dataclasses import dataclass

SITE = "https://opsportal-demo.example.net"
"""What `self` links name: the site's public address, whatever port this copy of it listens on."""


def compact(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, eq=False)
class Category:
    """A status category: `key` is what programs compare."""

    id: int
    key: str
    name: str
    color: str

    def as_dict(self) -> dict[str, object]:
        """As Jira writes it."""
        return {
            "self": f"{SITE}/rest/api/3/statuscategory/{self.id}",
            "id": self.id,
            "key": self.key,
            "colorName": self.color,
            "name": self.name,
        }


NEW = Category(2, "new", "To Do", "blue-gray")
UNDER_WAY = Category(4, "indeterminate", "In Progress", "yellow")
DONE = Category(3, "done", "Done", "green")


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """One status; `json` is the object inside an issue."""

    id: str
    name: str
    category: Category
    description: str
    json: str

    @property
    def is_done(self) -> bool:
        """Whether the ticket counts as finished in this status."""
        return self.category is DONE


def _status(id_: str, name: str, category: Category, description: str) -> Status:
    return Status(id_, name, category, description, compact(_status_dict(id_, name, category, description)))


def _status_dict(id_: str, name: str, category: Category, description: str) -> dict[str, object]:
    return {
        "self": f"{SITE}/rest/api/3/status/{id_}",
        "description": description,
        "iconUrl": f"{SITE}/images/icons/statuses/generic.png",
        "name": name,
        "id": id_,
        "statusCategory": category.as_dict(),
    }


OPEN = _status("1", "Open", NEW, "Nobody has taken the request up yet.")
IN_PROGRESS = _status("3", "In progress", UNDER_WAY, "Somebody works on the request.")
WAITING_CUSTOMER = _status("10010", "Waiting for customer", UNDER_WAY, "An answer from the customer is needed.")
WAITING_VENDOR = _status("10011", "Waiting for vendor", UNDER_WAY, "Somebody outside the house has to act.")
RESOLVED = _status("5", "Resolved", DONE, "Solved; the customer may still object.")
CLOSED = _status("6", "Closed", DONE, "Solved and accepted.")
COMPLETED = _status("10034", "Completed", DONE, "Closed, in the workflow of 2026.")
TO_DO = _status("10033", "To Do", NEW, "")
BACKLOG = _status("10039", "Backlog", NEW, "Not planned yet.")
IN_REVIEW = _status("10041", "In review", UNDER_WAY, "")
WAITING_APPROVAL = _status("10044", "Waiting for approval", UNDER_WAY, "A manager has to agree.")
CANCELLED = _status("10052", "Cancelled", DONE, "")
IN_ANALYSIS = _status("10099", "In analysis", UNDER_WAY, "")
READY_FOR_QA = _status("10098", "Ready for QA", UNDER_WAY, "")
"""Like "In analysis" deleted from the site in spring 2026: old histories name them, no list does."""

LISTED_STATUSES = (
    OPEN,
    IN_PROGRESS,
    RESOLVED,
    CLOSED,
    WAITING_CUSTOMER,
    WAITING_VENDOR,
    TO_DO,
    COMPLETED,
    BACKLOG,
    IN_REVIEW,
    WAITING_APPROVAL,
    CANCELLED,
)
"""What GET status answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Priority:
    """One priority, the most urgent with the lowest id."""

    id: str
    name: str
    color: str
    description: str
    json: str


def _priority(id_: str, name: str, color: str, description: str) -> Priority:
    shown = {
        "self": f"{SITE}/rest/api/3/priority/{id_}",
        "iconUrl": f"{SITE}/images/icons/priorities/{name.lower()}_new.svg",
        "name": name,
        "id": id_,
    }
    return Priority(id_, name, color, description, compact(shown))


PRIORITIES = (
    _priority("1", "Highest", "#d04437", "Work stands still for many."),
    _priority("2", "High", "#f15c75", "Work stands still for some."),
    _priority("3", "Medium", "#f79232", "Work is harder than it should be."),
    _priority("4", "Low", "#707070", "A small nuisance."),
    _priority("5", "Lowest", "#999999", "A wish."),
)


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """Why a ticket is finished."""

    id: str
    name: str
    description: str
    json: str


def _resolution(id_: str, name: str, description: str) -> Resolution:
    shown = {"self": f"{SITE}/rest/api/3/resolution/{id_}", "id": id_, "description": description, "name": name}
    return Resolution(id_, name, description, compact(shown))


FIXED = _resolution("10000", "Done", "The work is complete.")
WONT_DO = _resolution("10001", "Won't Do", "This will not be done.")
DUPLICATE = _resolution("10002", "Duplicate", "Another ticket covers this.")
NO_ANSWER = _resolution("10003", "No answer", "The customer did not come back.")
RESOLUTIONS = (FIXED, WONT_DO, DUPLICATE, NO_ANSWER)


@dataclass(frozen=True, slots=True, eq=False)
class IssueType:
    """A kind of ticket."""

    id: str
    name: str
    subtask: bool
    json: str


def _type(id_: str, name: str, *, subtask: bool = False) -> IssueType:
    shown = {
        "self": f"{SITE}/rest/api/3/issuetype/{id_}",
        "id": id_,
        "description": "",
        "iconUrl": f"{SITE}/rest/api/2/universal_avatar/view/type/issuetype/avatar/{10300 + int(id_) % 100}",
        "name": name,
        "subtask": subtask,
        "avatarId": 10300 + int(id_) % 100,
        "hierarchyLevel": -1 if subtask else 0,
    }
    return IssueType(id_, name, subtask, compact(shown))


INCIDENT = _type("10012", "Incident")
SERVICE_REQUEST = _type("10013", "Service request")
CHANGE = _type("10014", "Change")
QUESTION = _type("10015", "Question")
SUB_TASK = _type("10016", "Sub-task", subtask=True)
TASK = _type("10017", "Task")
BUG = _type("10018", "Bug")
STORY = _type("10019", "Story")
ISSUE_TYPES = (INCIDENT, SERVICE_REQUEST, CHANGE, QUESTION, SUB_TASK, TASK, BUG, STORY)
