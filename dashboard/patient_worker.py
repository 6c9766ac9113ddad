"""Gunicorn's threaded worker without the waits that a client could impose on everybody else.

A thread is given to a connection once something has come, and for so many seconds. The loop that hands connections to
threads never waits for one that is about to end.
"""

import contextlib
import logging
import selectors
import socket
import time
from collections import deque
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from dashboard.client_socket import BODY_S, HEAD_S, ClientSocket, TooSlow, Waiting
from dashboard.gunicorn_answers import refusal

LINGER_S: Final = 2.0
"""How long a client that was told that this is the end may take to end as well."""
MOST_LINGERING: Final = 100

_REFUSALS: Final[tuple[tuple[type[Exception], HTTPStatus], ...]] = (
    (TooSlow, HTTPStatus.REQUEST_TIMEOUT),
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (errors.InvalidResponseHeader, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.InvalidResponseHeaderName, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.ParseException, HTTPStatus.BAD_REQUEST),
)
_DRAINED_BYTES: Final = 65_536

_log = logging.getLogger(__name__)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn declares no types
    """Answers in threads, of which a slow client gets one for seconds at most."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting = Waiting(max(self.cfg.threads // 2, 1))
        self._lingering: deque[tuple[float, ClientSocket]] = deque()

    def enqueue_req(self, conn: Any) -> None:
        """As ThreadWorker promises; a connection that has sent nothing so far waits without a thread."""
        if isinstance(conn.sock, ClientSocket):
            super().enqueue_req(conn)
            return
        conn.sock = ClientSocket(conn.sock, self._waiting)
        conn.sock.setblocking(False)
        conn.close = partial(self._close, conn.sock)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: Any) -> Any:
        """As ThreadWorker promises."""
        conn.sock.begin(HEAD_S)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """As ThreadWorker promises."""
        conn.sock.begin(BODY_S)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer a request that never became one of the application, in words that repeat nothing of it."""
        del addr
        status = next((status for kind, status in _REFUSALS if isinstance(exc, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("a request failed", exc_info=exc, extra={"method": getattr(req, "method", None)})
        else:
            # What was sent may hold a secret, so that its kind is all that is told.
            _log.info("a request was refused", extra={"status": int(status), "reason": type(exc).__name__})
        try:
            client.sendall(refusal(status.value, status.phrase))
        except OSError:
            return  # nobody is there any more

    def murder_pending(self) -> None:
        """As ThreadWorker promises; those too that were told that this is the end."""
        if not self.alive:
            soon_s = time.monotonic() + LINGER_S
            for conn in self.pending_conns:
                conn.timeout = min(conn.timeout, soon_s)
        super().murder_pending()
        while self._lingering and (self._lingering[0][1].fileno() < 0 or self._lingering[0][0] <= time.monotonic()):
            self._end(self._lingering.popleft()[1])

    def _close(self, sock: ClientSocket, *, graceful: bool = False) -> None:
        """End a connection; what is said last arrives although the client may still be sending."""
        if not graceful or len(self._lingering) >= MOST_LINGERING:
            sock.close()
            return
        try:
            sock.shutdown(socket.SHUT_WR)
            sock.setblocking(False)
            self.poller.register(sock, selectors.EVENT_READ, self._drain)
        except (OSError, ValueError):
            sock.close()
            return
        self._lingering.append((time.monotonic() + LINGER_S, sock))

    def _drain(self, sock: ClientSocket) -> None:
        """Take in what nobody wants any more: with it unread, the end would overtake the answer on its way."""
        try:
            if sock.recv(_DRAINED_BYTES):
                return
        except OSError:
            pass
        self._end(sock)

    def _end(self, sock: ClientSocket) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self.poller.unregister(sock)
        sock.close()
