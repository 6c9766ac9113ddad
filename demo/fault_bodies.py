"""What failures look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from demo.exchange import Answer, problem
from demo.workflow import compact

_HTML = "text/html;charset=UTF-8"
_XML = "application/xml;charset=UTF-8"

BODIES: Mapping[str, Callable[[int], Answer]] = {
    "jira": lambda status: problem(status, "Something went wrong on our side."),
    "message": lambda status: Answer(compact({"message": "Something went wrong.", "status-code": status}), status),
    "gateway": lambda status: Answer(compact({"code": status, "message": "Upstream failure"}), status),
    "desk": lambda status: Answer(
        compact(
            {"errorMessage": "Something went wrong.", "i18nErrorMessage": {"i18nKey": "sd.error", "parameters": []}}
        ),
        status,
    ),
    "tempo": lambda status: Answer(
        compact({"errors": {"message": "Something went wrong."}}), status, "application/json"
    ),
    "html": lambda status: Answer(
        f"<!doctype html><html><head><title>{status}</title></head><body><h1>Sorry</h1></body></html>", status, _HTML
    ),
    "xml": lambda status: Answer("<message>Something went wrong.</message>", status, _XML),
    "empty": lambda status: Answer("", status, "text/plain"),
}
"""Bodies of failures by name, as different parts of Jira and Tempo write them."""
