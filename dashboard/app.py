"""The Dash application: frame, pages, and the Flask behaviour around them."""

from collections.abc import Callable
from typing import Any

import flask
from dash import Dash, html
from flask_compress import Compress

from dashboard import answers, api, bundle, drawer, exports, health, rates, router, security, shell
from dashboard.beginnings import beginnings
from dashboard.callbacks import Callbacks
from dashboard.index_page import index_string
from dashboard.portal import EXTENSION, Portal
from dashboard.vitals import Vitals


def create_app(portal: Portal, vitals: Vitals | None = None) -> Dash:
    """The application of one portal. Nothing is read from any source here.

    Every hook is in place when this returns: the first request may follow at once, and should come before workers fork.
    """
    vitals = vitals or Vitals()
    callbacks = Callbacks(vitals.metrics)
    app = bare_app(portal.prefix, on_error=callbacks.failed)
    server: flask.Flask = app.server
    server.extensions[EXTENSION] = portal
    app.layout = shell.layout()
    shell.register(app)
    router.register(app)
    drawer.register(app)
    app.index_string = index_string(portal.prefix, bundle.plotly_url(portal.prefix), beginnings(app))
    callbacks.install(server, app, portal.prefix)
    exports.install(server, portal)
    health.install(server, portal, vitals)
    answers.install(server, portal.settings.trusted_proxies)
    api.install(server, portal)
    rates.install(server, portal.prefix, portal.settings.rate_limit, portal.settings.trusted_proxies)
    Compress(server)
    security.install(server, app, portal)
    return app


def bare_app(prefix: str, on_error: Callable[[Exception], Any] | None = None) -> Dash:
    """The application without a portal: its document with nothing in it, and the scripts and styles that pages load."""
    server = flask.Flask("dashboard", static_folder=None)
    bundle.install(server, prefix)
    app = Dash(
        name="dashboard",
        server=server,  # type: ignore[arg-type]  # an application is one of the things it takes
        title="Opsportal",
        update_title=None,  # type: ignore[arg-type]  # leaves the title alone while something loads
        url_base_pathname=prefix,
        use_pages=False,
        assets_folder=str(bundle.ASSETS),
        assets_ignore=".*",  # ours are in the document already, joined
        index_string=index_string(prefix, bundle.plotly_url(prefix)),
        serve_locally=True,
        suppress_callback_exceptions=True,
        on_error=on_error,
        compress=False,
        add_log_handler=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = html.Div()
    return app
