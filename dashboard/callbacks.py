"""What pages ask for while they are open: counted by a short name, and what fails is told under the request's id."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import flask
from dash import Dash, set_props

from dashboard import ids
from dashboard.api.problems import NOT_PERMITTED, Problem, problem_answer
from dashboard.callback_posts import check
from dashboard.gate import identity_of
from dashboard.metrics import OTHER, Metrics
from dashboard.not_yours import NotYours
from dashboard.route_table import CALLBACKS
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
        self._answered: frozenset[str] = frozenset()

    def install(self, server: flask.Flask, app: Dash, prefix: str) -> None:
        """Begin, before the first request."""
        self._app, self._answered = app, answered(app)
        address = f"{prefix}{_ADDRESS}"
        endpoints = {rule.endpoint for rule in server.url_map.iter_rules() if rule.rule == address}
        for endpoint in endpoints:
            server.view_functions[endpoint] = self._counted(server.view_functions[endpoint])

    def _counted(self, view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def counted(**path: Any) -> Any:
            began = time.perf_counter()
            try:
                check(flask.request, {} if self._app is None else self._app.callback_map)
            except Problem as problem:
                self._metrics.callback(OTHER, time.perf_counter() - began)
                return problem_answer(problem)
            try:
                self._need_role()
                return view(**path)
            except Problem as problem:
                return problem_answer(problem)
            finally:
                self._metrics.callback(self._name(), time.perf_counter() - began)

        return counted

    def failed(self, error: Exception) -> None:
        """A callback failed: log it under an id and say that id to the reader; the page stays as it was.

        Raises:
            NotYours: it did not fail, it was refused.
        """
        if isinstance(error, NotYours):
            raise error
        name, reference = self._name(), request_ids.current.get() or request_ids.new()
        self._metrics.callback_failed(name)
        _log.error(FAILED, exc_info=error, extra={"callback": name, "reference": reference})
        set_props(ids.TOASTS, {"children": [toast(reference)]})

    def _need_role(self) -> None:
        """Check that what is asked is answered to whoever asks. What has no line in the table is for admins alone.

        Raises:
            Problem: it is not.
        """
        name = self._name()
        if name in self._answered and not identity_of(flask.request.environ).has(CALLBACKS.get(name, "admin")):
            raise Problem(NOT_PERMITTED, "This is for administrators of the portal.")

    def _name(self) -> str:
        """The page that is filled, else the slot: one of those that the application has."""
        asked: Any = flask.request.get_json(silent=True)  # which Dash has read already, or will find read
        output = asked.get("output") if isinstance(asked, dict) else None
        if self._app is None or not isinstance(output, str) or output not in self._app.callback_map:
            return OTHER
        return name_of(output)


def name_of(output: str) -> str:
    """The short name of what a callback fills."""
    return output.lstrip(".").partition(".")[0].removesuffix(_HEAD)


def answered(app: Dash) -> frozenset[str]:
    """Short names of the callbacks that the server answers; the others run in the browser alone."""
    return frozenset(name_of(output) for output, known in app.callback_map.items() if "callback" in known)
