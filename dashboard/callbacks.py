"""What pages ask for while they are open: counted by a short name, and what fails is told under the request's id."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import flask
from dash import Dash, set_props

from dashboard import ids
from dashboard.metrics import OTHER, Metrics
from dashboard.toast import toast
from opsportal import request_ids

FAILED: Final = "callback.failed"

_ADDRESS: Final = "_dash-update-component"
_HEAD: Final = "-head-title"

_log = logging.getLogger(__name__)


class Callbacks:
    """Counts the callbacks of one application, and says what failed."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._app: Dash | None = None

    def install(self, server: flask.Flask, app: Dash, prefix: str) -> None:
        """Begin, before the first request."""
        self._app = app
        address = f"{prefix}{_ADDRESS}"
        endpoints = {rule.endpoint for rule in server.url_map.iter_rules() if rule.rule == address}
        for endpoint in endpoints:
            server.view_functions[endpoint] = self._counted(server.view_functions[endpoint])

    def _counted(self, view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def counted(**path: Any) -> Any:
            began = time.perf_counter()
            try:
                return view(**path)
            finally:
                self._metrics.callback(self._name(), time.perf_counter() - began)

        return counted

    def failed(self, error: Exception) -> None:
        """A callback failed: log it under an id and say that id to the reader; the page stays as it was."""
        name, reference = self._name(), request_ids.current.get() or request_ids.new()
        self._metrics.callback_failed(name)
        _log.error(FAILED, exc_info=error, extra={"callback": name, "reference": reference})
        set_props(ids.TOASTS, {"children": [toast(reference)]})

    def _name(self) -> str:
        """The page that is filled, else the slot: one of those that the application has."""
        asked: Any = flask.request.get_json(silent=True)  # which Dash has read already, or will find read
        output = asked.get("output") if isinstance(asked, dict) else None
        if self._app is None or not isinstance(output, str) or output not in self._app.callback_map:
            return OTHER
        return output.lstrip(".").partition(".")[0].removesuffix(_HEAD)
