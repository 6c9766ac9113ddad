"""What every answer says about itself: where scripts may come from, who may frame it, and that pages are not kept."""

from typing import Final

import flask
from dash import Dash

from dashboard.portal import Portal

_NEVER_KEPT: Final = ("_dash-layout", "_dash-dependencies", "_dash-update-component")


def policy(script_hashes: list[str], frame_ancestors: str) -> str:
    """The content security policy: everything from here, inline scripts only by hash, framed only where allowed."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def install(server: flask.Flask, app: Dash, portal: Portal) -> None:
    """Send the headers with every answer. Call it when every callback is registered: their scripts are hashed here."""
    csp = policy(list(app.csp_hashes()), portal.settings.frame_ancestors)

    @server.after_request
    def headers(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = csp
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if response.mimetype == "text/html" or flask.request.path.endswith(_NEVER_KEPT):
            response.headers["Cache-Control"] = "no-store"
        return response
