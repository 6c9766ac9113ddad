"""The Dash application: frame, pages, and the Flask behaviour around them."""

import flask
from dash import Dash
from flask_compress import Compress

from dashboard import answers, api, bundle, drawer, exports, health, router, security, shell
from dashboard.callbacks import Callbacks
from dashboard.index_page import ASSETS, index_string
from dashboard.plotly_bundle import plotly_url
from dashboard.portal import EXTENSION, Portal
from dashboard.vitals import Vitals


def create_app(portal: Portal, vitals: Vitals | None = None) -> Dash:
    """The application of one portal. Nothing is read from any source here.

    Every hook is in place when this returns: the first request may follow at once, and should come before workers fork.
    """
    vitals = vitals or Vitals()
    callbacks = Callbacks(vitals.metrics)
    server = flask.Flask("dashboard", static_folder=None)
    server.extensions[EXTENSION] = portal
    app = Dash(
        name="dashboard",
        server=server,  # type: ignore[arg-type]  # an application is one of the things it takes
        title="Opsportal",
        update_title=None,  # type: ignore[arg-type]  # leaves the title alone while something loads
        url_base_pathname=portal.prefix,
        use_pages=False,
        assets_folder=str(ASSETS),
        assets_ignore=".*",  # ours are in the document already, joined
        index_string=index_string(
            portal.prefix,
            plotly_url(portal.prefix),
            styles=bundle.url(portal.prefix, bundle.STYLES),
            scripts=bundle.url(portal.prefix, bundle.SCRIPTS),
        ),
        serve_locally=True,
        suppress_callback_exceptions=True,
        on_error=callbacks.failed,
        compress=False,
        add_log_handler=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = shell.layout()
    shell.register(app)
    router.register(app)
    drawer.register(app)
    callbacks.install(server, app, portal.prefix)
    exports.install(server, portal)
    health.install(server, portal, vitals)
    answers.install(server, portal.prefix)
    api.install(server, portal)
    bundle.install(server, portal.prefix)
    Compress(server)
    security.install(server, app, portal)
    return app
