"""What a program is answered by the API, asked of the application without a server, and held against the document."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeAlias

from flask import Flask
from flask.testing import FlaskClient
from flask_compress import Compress
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from dashboard import api
from dashboard.portal import EXTENSION, Portal

Json: TypeAlias = dict[str, Any]

_HERE = "urn:openapi"


class ApiAnswers:
    """The API of a portal; `hold_s` is how long an answer found counts as found."""

    def __init__(self, services: Portal, *, hold_s: float = 0.0) -> None:
        self.prefix = services.prefix
        self.server = Flask("test", static_folder=None)
        self.server.extensions[EXTENSION] = services
        api.install(self.server, services, hold_s=hold_s)
        Compress(self.server)
        self.client: FlaskClient = self.server.test_client()

    def get(self, address: str, **headers: str) -> TestResponse:
        """The answer at an address below `api/`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"{self.prefix}api/{address}", headers=named)

    def json(self, address: str) -> Json:
        """The body of a good answer."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def wrong(self, address: str) -> list[str]:
        """The parameters that a 400 names."""
        answer = self.get(address)
        assert answer.status_code == 400, answer.text
        return [error["parameter"] for error in answer.get_json(force=True)["errors"]]

    @cached_property
    def document(self) -> "Document":
        """The document that the API gives of itself."""
        return Document(self.json("openapi.json"))


class Document:
    """An OpenAPI document that answers are held against."""

    def __init__(self, document: Json) -> None:
        self.json = document
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_HERE, resource)
        self._formats = FormatChecker()

    def departures(self, answer: TestResponse, path: str, operation: Mapping[str, Any] | None = None) -> list[str]:
        """Where an answer departs from what the document says of its path; none when it is as promised."""
        said = operation or self.json["paths"][path]["get"]
        status = str(answer.status_code)
        if status not in said["responses"]:
            return [f"{path}: no status {status}"]
        response = said["responses"][status]
        if "$ref" in response:
            response = self.json["components"]["responses"][response["$ref"].rpartition("/")[2]]
        wrong = [f"{path}: no {name}" for name in response.get("headers", {}) if name not in answer.headers]
        content = response.get("content", {})
        if not content:
            return wrong + ([f"{path}: a body under {status}"] if answer.data else [])
        if answer.mimetype not in content:
            return [*wrong, f"{path}: {answer.mimetype} under {status}"]
        if answer.mimetype == "text/csv":
            return wrong
        schema = self._absolute(content[answer.mimetype]["schema"])
        check = Draft202012Validator(schema, registry=self._registry, format_checker=self._formats)
        found = check.iter_errors(answer.get_json(force=True))
        return wrong + [f"{path}{error.json_path}: {error.message[:200]}" for error in found]

    def _absolute(self, schema: Any) -> Any:
        if "$ref" in schema:
            return {**schema, "$ref": f"{_HERE}{schema['$ref']}"}
        return schema
