"""`python -m demo.host`: a page of another site that shows a queue of the portal in a frame, as an intranet would.

It knows nothing of the portal but its address and `TOKEN_KEY`, with which it makes a signed token for each reader of
its page. The key never leaves this program; the page holds a token that lives a minute, for one queue and one page of
the portal, and for this site alone.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

LASTS_S = 60

SCRIPT = """"use strict";
const frame = document.getElementById("portal");
const portal = new URL(frame.src).origin;
window.addEventListener("message", (event) => {
  if (event.origin !== portal || event.source !== frame.contentWindow) return;
  if (event.data.type === "opsportal:height") frame.style.height = `${event.data.height}px`;
  if (event.data.type === "opsportal:ended") window.location.reload();
});
"""
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Intranet</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 1100px; margin: 32px auto; padding: 0 16px; }}
iframe {{ width: 100%; border: 0; }}
</style>
</head>
<body>
<h1>Intranet</h1>
<p>This page belongs to another site. Below, the portal shows one of its queues.</p>
<iframe id="portal" title="{title}" src="{address}" height="400"></iframe>
<script src="/host.js"></script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Host:
    """A site at `origin` that shows a queue of the portal at an address, which ends with a slash."""

    origin: str
    portal: str
    queue: str
    key: str

    def token(self) -> str:
        """A token for one look at the page: a JSON Web Token, signed with HMAC-SHA256."""
        now_s = int(time.time())  # noqa: TID251 - a program of its own, with the machine's clock
        claims = {
            "iss": "opsportal",
            "aud": "embed",
            "jti": secrets.token_hex(8),
            "iat": now_s,
            "exp": now_s + LASTS_S,
            "queues": [self.queue],
            "views": ["queue"],
            "origin": self.origin,
        }
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
        mac = hmac.new(self.key.encode(), signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_base64(mac)}"

    def page(self) -> str:
        """The page, with a token of its own in the address of the frame."""
        address = f"{self.portal}embed?token={self.token()}&to=queue/{quote(self.queue, safe='')}"
        return _PAGE.format(title=escape(self.queue), address=escape(address))

    def policy(self) -> str:
        """What the page may do: run its own script, and show the portal."""
        site = urlsplit(self.portal)
        return (
            f"default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; "
            f"frame-src {site.scheme}://{site.netloc}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )


class HostServer(ThreadingHTTPServer):
    """The site, on a port of this machine; 0 takes a free one."""

    daemon_threads = True

    def __init__(self, portal: str, queue: str, key: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answers)
        # By this name it is another site than a portal at 127.0.0.1.
        self.host = Host(f"http://localhost:{self.server_address[1]}", portal.rstrip("/") + "/", queue, key)


class _Answers(BaseHTTPRequestHandler):
    server: HostServer

    def do_GET(self) -> None:
        """The page, or its script."""
        if self.path == "/":
            self._send("text/html", self.server.host.page())
        elif self.path == "/host.js":
            self._send("text/javascript", SCRIPT)
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Nothing is logged."""

    def _send(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.server.host.policy())
        # A token is for one look: nobody keeps the page.
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until the program is interrupted; 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.host",
        description="A page of another site that shows a queue of the portal. TOKEN_KEY is the portal's.",
        epilog="example: TOKEN_KEY=… python -m demo.host --portal http://127.0.0.1:8080/ --queue service-desk",
    )
    parser.add_argument("--portal", default="http://127.0.0.1:8080/", help="the portal's address (default %(default)s)")
    parser.add_argument("--queue", default="service-desk", help="the queue that is shown (default %(default)s)")
    parser.add_argument("--port", type=int, default=8090, help="port on this machine (default %(default)s)")
    given = parser.parse_args(arguments)
    key = os.environ.get("TOKEN_KEY", "")  # noqa: TID251 - a program of its own, with one variable
    if not key:
        parser.error("TOKEN_KEY is not set: give this program the key of the portal")
    try:
        server = HostServer(given.portal, given.queue, key, given.port)
    except OSError as error:
        sys.stderr.write(f"demo.host: cannot listen on port {given.port}: {error.strerror}\n")
        return 1
    with server:
        sys.stdout.write(f"A page of another site, with the portal in it: {server.host.origin}/\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _part(content: object) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


if __name__ == "__main__":
    sys.exit(main())
