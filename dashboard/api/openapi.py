"""The OpenAPI 3.1 document, made from the declarations that the requests are checked by and the shapes of answers."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final, TypeAlias

import msgspec

from dashboard.api import problems
from dashboard.api.asked import MOST_VALUES, Parameter
from dashboard.api.negotiation import CSV, JSON
from dashboard.api.operations import OPERATIONS, Operation
from dashboard.api.problems import MEDIA_TYPE, Kind, ProblemJson
from opsportal.shapes.envelope import FirstReadJson

Json: TypeAlias = dict[str, Any]

_ID: Final = {"type": "string", "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"}
_DESCRIPTION: Final = (
    "What was promised to every queue in Jira, whether it is kept, and why: the same numbers as on the pages.\n\n"
    "Instants are ISO 8601 with offset. Names end in their unit: `_s` seconds, `_h` business hours, `_bd` business "
    "days; ratios lie between 0 and 1. What is not known is null with a reason beside it, never 0. No request waits "
    "for Jira: answers come from the last good reading and say how old it is."
)


def _to(kind: Kind) -> Json:
    return {"$ref": f"#/components/responses/{kind.name}"}


_AT_THE_DOOR: Final = {str(kind.status.value): _to(kind) for kind in problems.AT_THE_DOOR}


def document(prefix: str, queue_ids: Sequence[str]) -> Json:
    """The document of a portal below a path, with the ids of its queues as examples."""
    shapes: list[Any] = [operation.answer for operation in OPERATIONS]
    refs, components = msgspec.json.schema_components(
        [*shapes, FirstReadJson, ProblemJson], ref_template="#/components/schemas/{name}"
    )
    named = dict(zip([operation.id for operation in OPERATIONS], refs, strict=False))
    paths: Json = {}
    for operation in OPERATIONS:
        for offered, suffix in (((JSON, CSV), ""), ((CSV,), ".csv")):
            paths[f"/{operation.path}{suffix}"] = {
                "get": _operation(operation, offered, _renamed(named[operation.id]), queue_ids)
            }
    paths["/openapi.json"] = {"get": _of_itself()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Opsportal", "version": version("opsportal"), "description": _DESCRIPTION},
        "servers": [{"url": f"{prefix}api"}],
        "paths": paths,
        "components": {
            "schemas": {_plain(name): _closed(_renamed(schema)) for name, schema in components.items()},
            "responses": {kind.name: _problem(kind) for kind in problems.KINDS},
        },
    }


def _operation(operation: Operation, offered: tuple[str, ...], ref: Json, queue_ids: Sequence[str]) -> Json:
    csv_only = JSON not in offered
    content = {JSON: {"schema": ref}, CSV: {"schema": {"type": "string"}}}
    pages = {"limit", "cursor"} if csv_only else set()
    path = [_path_parameter(queue_ids)] if operation.of_queue else []
    return {
        "operationId": f"{operation.id}Csv" if csv_only else operation.id,
        "summary": f"{operation.summary}, as a table" if csv_only else operation.summary,
        "description": operation.description,
        "tags": ["history" if operation.of_history else "numbers"],
        "parameters": path + [_parameter(each) for each in operation.parameters if each.name not in pages],
        "responses": {
            "200": {
                "description": "As it stands.",
                "headers": {
                    "ETag": {
                        "description": "Weak; another one whenever anything but the age differs.",
                        "schema": {"type": "string"},
                    }
                },
                "content": {kind: content[kind] for kind in offered},
            },
            "304": {"description": "Nothing but the age differs from what If-None-Match names."},
            **_refusals(operation),
        },
    }


def _refusals(operation: Operation) -> Json:
    answers: Json = {"400": _to(problems.BAD_PARAMETERS), **_unless_let_in()}
    if operation.waits:
        answers["202"] = {
            "description": "The first read is under way.",
            "headers": {"Retry-After": _retry_after()},
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/FirstRead"}}},
        }
    answers["403"] = _to(problems.NOT_YOURS)
    if operation.of_queue:
        answers["404"] = _to(problems.UNKNOWN_QUEUE)
    answers["405"] = _to(problems.METHOD_NOT_ALLOWED)
    answers["406"] = _to(problems.NOT_ACCEPTABLE)
    answers |= _AT_THE_DOOR
    answers["500"] = _to(problems.INTERNAL_ERROR)
    if operation.waits:
        answers["503"] = _to(problems.NEVER_READ)
    elif operation.of_history:
        answers["503"] = _to(problems.HISTORY_UNREADABLE)
    return answers


def _of_itself() -> Json:
    return {
        "operationId": "getOpenApi",
        "summary": "This document",
        "tags": ["document"],
        "parameters": [],
        "responses": {
            "200": {"description": "OpenAPI 3.1.", "content": {JSON: {"schema": {"type": "object"}}}},
            "304": {"description": "It is the one that If-None-Match names."},
            "400": _to(problems.BAD_PARAMETERS),
            **_unless_let_in(),
            "405": _to(problems.METHOD_NOT_ALLOWED),
            "406": _to(problems.NOT_ACCEPTABLE),
            **_AT_THE_DOOR,
            "500": _to(problems.INTERNAL_ERROR),
        },
    }


def _unless_let_in() -> Json:
    """What those are told who are not let in, whatever they ask for."""
    kinds = (problems.NOT_SIGNED_IN, problems.NOT_PERMITTED, problems.SIGN_IN_UNAVAILABLE)
    return {str(kind.status.value): _to(kind) for kind in kinds}


def _problem(kind: Kind) -> Json:
    made: Json = {
        "description": f"{kind.title} (`{kind.type}`).",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if kind.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        made["headers"] = {"Retry-After": _retry_after()}
    if kind.status is HTTPStatus.METHOD_NOT_ALLOWED:
        made["headers"] = {"Allow": {"description": "The methods there are.", "schema": {"type": "string"}}}
    return made


def _retry_after() -> Json:
    return {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}


def _path_parameter(queue_ids: Sequence[str]) -> Json:
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The id of a queue in the registry.",
        "schema": _ID,
        "examples": {queue_id: {"value": queue_id} for queue_id in queue_ids},
    }


def _parameter(declared: Parameter) -> Json:
    one = dict(declared.schema)
    made: Json = {
        "name": declared.name,
        "in": "query",
        "required": False,
        "description": declared.description,
        "schema": {"type": "array", "items": one, "maxItems": MOST_VALUES} if declared.repeated else one,
    }
    if declared.repeated:
        made |= {"style": "form", "explode": True}
    if declared.examples:
        wrapped = {text: {"value": [text] if declared.repeated else text} for text in declared.examples}
        made["examples"] = wrapped
    return made


def _plain(name: str) -> str:
    return name.removesuffix("Json")


def _renamed(schema: Any) -> Any:
    """The schema with references and titles as the document names shapes."""
    if isinstance(schema, Mapping):
        return {
            key: _plain(value) if key in ("$ref", "title") and isinstance(value, str) else _renamed(value)
            for key, value in schema.items()
        }
    return [_renamed(each) for each in schema] if isinstance(schema, list) else schema


def _closed(schema: Json) -> Json:
    """The schema of an object that holds what it names and nothing else."""
    return {**schema, "additionalProperties": False} if "properties" in schema else schema
