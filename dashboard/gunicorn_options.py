"""How Gunicorn runs the portal, in one place for `opsportal serve` and for the `gunicorn` command."""

import gc
import logging
import os
import sys
from typing import Any, Final

from gunicorn.glogging import Logger

from dashboard import gunicorn_answers, listening
from dashboard.metrics_folder import memory
from dashboard.services import running_on
from dashboard.worker import hold_signals, release_signals
from opsportal import cores
from opsportal.settings import Settings
from servicelevel.errors import PortalError

THREADS: Final = 4
KEEP_ALIVE_S: Final = 90
"""Longer than load balancers keep a connection, so that it is never they who find it closed."""
STOP_S: Final = 20
"""What a request may still take when the portal is told to end. Containers are killed 10 or 30 s after that."""
LONGEST_LINE_BYTES: Final = 8_190
"""Method and address; an address with many filters has two thousand."""
LONGEST_HEADER_BYTES: Final = 16_384
"""A balancer's word on who has signed in takes up to 11 kB, and its cookies up to 16."""
MOST_HEADERS: Final = 64
SILENT_S: Final = 60
"""A worker that gives no sign of life for so long is replaced. A slow request does not silence it."""


def options(settings: Settings) -> dict[str, Any]:
    """Gunicorn's options by their names."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "workers": settings.web_concurrency,
        "worker_class": "dashboard.worker.PortalWorker",
        "threads": THREADS,
        "preload_app": True,
        "keepalive": KEEP_ALIVE_S,
        "limit_request_line": LONGEST_LINE_BYTES,
        "limit_request_fields": MOST_HEADERS,
        "limit_request_field_size": LONGEST_HEADER_BYTES,
        "timeout": SILENT_S,
        "graceful_timeout": STOP_S,
        "worker_tmp_dir": memory(),
        "control_socket_disable": True,
        "accesslog": None,
        "errorlog": "-",
        "logger_class": OurLog,
        "loglevel": settings.log_level.lower(),
        "proc_name": "opsportal",
        "on_starting": on_starting,
        "pre_fork": pre_fork,
        "child_exit": child_exit,
        "worker_exit": worker_exit,
    }


def on_starting(arbiter: Any) -> None:
    """In the master, once, with the application made: it takes signals again right after each fork.

    Options of the command line win over HOST, so where it is to listen is looked at once more.

    Gunicorn's own answers get the headers of all others.
    What is there by now stays for good: it was not looked at for garbage while it was loaded, a fifth of the start, and
    not looking at it any more keeps it shared with the workers.
    """
    gunicorn_answers.install()
    hosts = [address[0] for address in arbiter.cfg.address if isinstance(address, tuple)]
    try:
        listening.check(running_on(arbiter.app.wsgi()).portal.settings, hosts)
    except PortalError as error:
        sys.exit(str(error))
    cores.leave_none()
    os.register_at_fork(after_in_parent=release_signals)
    gc.freeze()
    gc.enable()


def pre_fork(_: Any, __: Any) -> None:
    """In the master, before each worker: no signal is lost between the fork and the worker's own handlers."""
    hold_signals()


def child_exit(arbiter: Any, worker: Any) -> None:
    """In the master, when a worker has ended, however it did."""
    running_on(arbiter.app.wsgi()).vitals.metrics.worker_ended(worker.pid)


def worker_exit(_: Any, worker: Any) -> None:
    """In a worker whose work is done: leave at once.

    Taking the interpreter apart would touch, and so copy, most of the memory that is shared with the others, and wait
    for threads that may hang in a question to a source.
    """
    if worker.booted and worker.pid == os.getpid():  # the master calls this too, for a worker that it finds gone
        os._exit(0)


class OurLog(Logger):  # type: ignore[misc]  # gunicorn declares no types
    """Gunicorn's own words, written as all others are."""

    def setup(self, cfg: Any) -> None:
        """Leave the form to the handlers that are there already."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in list(log.handlers):
                log.removeHandler(handler)
        self.error_log.propagate = True
        logging.getLogger("gunicorn.access").disabled = True
