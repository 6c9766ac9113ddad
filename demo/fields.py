"""The fields the site has, as GET field lists them."""

from __future__ import annotations

from demo.sla_fields import METRICS

SLA_TYPE = "com.atlassian.servicedesk:sd-sla-field"

_SYSTEM = (
    ("summary", "Summary", "string", None, ("summary",)),
    ("status", "Status", "status", None, ("status",)),
    ("statuscategorychangedate", "Status Category Changed", "datetime", None, ("statusCategoryChangedDate",)),
    ("assignee", "Assignee", "user", None, ("assignee",)),
    ("reporter", "Reporter", "user", None, ("reporter",)),
    ("creator", "Creator", "user", None, ("creator",)),
    ("priority", "Priority", "priority", None, ("priority",)),
    ("issuetype", "Issue Type", "issuetype", None, ("issuetype", "type")),
    ("project", "Project", "project", None, ("project",)),
    ("created", "Created", "datetime", None, ("created", "createdDate")),
    ("updated", "Updated", "datetime", None, ("updated", "updatedDate")),
    ("resolution", "Resolution", "resolution", None, ("resolution",)),
    ("resolutiondate", "Resolved", "datetime", None, ("resolutiondate", "resolved")),
    ("labels", "Labels", "array", "string", ("labels",)),
    ("parent", "Parent", "issuelink", None, ("parent",)),
    ("description", "Description", "string", None, ("description",)),
    ("comment", "Comment", "comments-page", None, ("comment",)),
    ("worklog", "Log Work", "array", "worklog", ()),
)
_CUSTOM = (
    ("customfield_10020", "Request Type", "sd-customerrequesttype", "com.atlassian.servicedesk:vp-origin"),
    ("customfield_10045", "Resolution (old)", "sd-servicelevelagreement", SLA_TYPE),
    (
        "customfield_10052",
        "SLA delay reason",
        "option",
        "com.atlassian.jira.plugin.system.customfieldtypes:select",
    ),
    (
        "customfield_10053",
        "[CHART] Date of First Response",
        "datetime",
        "com.atlassian.jira.ext.charting:firstresponsedate",
    ),
    (
        "customfield_10054",
        "Breached SLA reviewed",
        "string",
        "com.atlassian.jira.plugin.system.customfieldtypes:textfield",
    ),
)

SYSTEM_FIELDS = tuple(row[0] for row in _SYSTEM)
CUSTOM_FIELDS = (*METRICS, *(row[0] for row in _CUSTOM))
DESK_ONLY = frozenset({*METRICS, "customfield_10020", "customfield_10045"})
"""Fields that tickets of service projects have and others lack."""
CLOUD_ONLY = frozenset({"statuscategorychangedate"})
PAGES = frozenset({"comment", "worklog"})
"""Fields that are first pages of lists; `*navigable` leaves them out."""


def server_field_list() -> list[dict[str, object]]:
    """Every field as Data Center lists it: without a key of its own."""
    shown = [field for field in field_list() if field["id"] not in CLOUD_ONLY]
    return [{name: value for name, value in field.items() if name != "key"} for field in shown]


def field_list(*, anonymous: bool = False) -> list[dict[str, object]]:
    """Every field; without a login the custom ones stay hidden."""
    shown = [_system(*row) for row in _SYSTEM]
    shown.append(
        {
            "id": "issuekey",
            "key": "issuekey",
            "name": "Key",
            "custom": False,
            "orderable": False,
            "navigable": True,
            "searchable": False,
            "clauseNames": ["id", "issue", "issuekey", "key"],
        }
    )
    if not anonymous:
        shown += [_custom(id_, name, "sd-servicelevelagreement", SLA_TYPE) for id_, (_, name) in METRICS.items()]
        shown += [_custom(*row) for row in _CUSTOM]
    return shown


def field_names() -> dict[str, str]:
    """Display names by field id."""
    return {str(shown["id"]): str(shown["name"]) for shown in field_list()}


def _system(id_: str, name: str, type_: str, items: str | None, clauses: tuple[str, ...]) -> dict[str, object]:
    schema: dict[str, object] = {"type": type_, "system": id_}
    if items is not None:
        schema["items"] = items
    return {
        "id": id_,
        "key": id_,
        "name": name,
        "custom": False,
        "orderable": id_ in {"summary", "priority", "labels", "assignee"},
        "navigable": id_ not in PAGES,
        "searchable": True,
        "clauseNames": list(clauses),
        "schema": schema,
    }


def _custom(id_: str, name: str, type_: str, custom: str) -> dict[str, object]:
    number = int(id_.rpartition("_")[2])
    return {
        "id": id_,
        "key": id_,
        "name": name,
        "custom": True,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": [f"cf[{number}]", name],
        "schema": {"type": type_, "custom": custom, "customId": number},
    }
