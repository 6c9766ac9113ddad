"""`python -m demo`: serve the demo, and say on one line of JSON how to reach it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence

from demo.clock import ClockError
from demo.dialect import CLOUD, DIALECTS
from demo.options import DEFAULT_LIFETIME_S, DEFAULT_SEED, Latency, OptionError, Options
from demo.server import start
from demo.world import SizeError


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal, the end of the lifetime or (if asked for) the end of standard input; 2 for wrong usage."""
    parser = _parser()
    given = parser.parse_args(arguments)
    finished = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: finished.set())
    try:
        options = Options(
            port=given.port,
            seed=given.seed,
            clock=given.clock,
            latency=Latency(given.call_s, given.ticket_s, given.bare_id_s),
            sizes=dict(given.size),
            lifetime_s=given.lifetime,
            dialect=given.dialect,
            page_cap=given.page_cap,
            result_window=given.result_window,
            tempo_live_names=given.tempo_live_names,
            index_lag_s=given.index_lag_s,
            burst=given.burst,
            deletions=not given.no_deletions,
        )
        with start(options) as demo:
            print(json.dumps(demo.as_dict() | {"pid": os.getpid()}), flush=True)
            if given.until_stdin_closes:
                threading.Thread(target=_until_stdin_closes, args=(finished,), daemon=True).start()
            finished.wait(given.lifetime)
    except (ClockError, OptionError, SizeError) as error:
        parser.error(str(error))
    except OSError as error:
        print(f"demo: cannot listen on port {given.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _until_stdin_closes(finished: threading.Event) -> None:
    while os.read(0, 4096):
        continue
    finished.set()


def _size(text: str) -> tuple[str, int]:
    queue, mark, number = text.partition("=")
    if not mark or not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: write it like service-desk=25000")
    return queue, int(number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo",
        description="A small, living Jira with service levels and Tempo on loopback, as Cloud or as Data Center.",
        epilog="example: python -m demo --clock frozen:2026-11-23T12:00:00Z --size service-desk=25000",
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    parser.add_argument(
        "--dialect",
        choices=list(DIALECTS),
        default=CLOUD.name,
        help="which Jira and Tempo this is (default %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="chooses the world (default %(default)s)")
    parser.add_argument(
        "--clock",
        default="real",
        metavar="CLOCK",
        help="real (default), frozen:ISO, stepped:ISO (moved by POST /demo/clock), fast:FACTOR or fast:FACTOR@ISO",
    )
    parser.add_argument("--call-s", type=float, default=0.0, metavar="S", help="seconds that each Jira call takes")
    parser.add_argument("--ticket-s", type=float, default=0.0, metavar="S", help="seconds per ticket with fields")
    parser.add_argument("--bare-id-s", type=float, default=0.0, metavar="S", help="seconds per bare id")
    parser.add_argument(
        "--size",
        type=_size,
        action="append",
        default=[],
        metavar="QUEUE_ID=N",
        help="tickets a year of one queue; may be repeated",
    )
    parser.add_argument(
        "--index-lag-s",
        type=float,
        default=0.0,
        metavar="S",
        help="a search knows of a change up to so many seconds later (default 0)",
    )
    parser.add_argument(
        "--burst",
        type=int,
        metavar="N",
        help="requests a second that each route takes before it answers 429 (default: any)",
    )
    parser.add_argument("--no-deletions", action="store_true", help="no ticket is deleted but by an intervention")
    server = parser.add_argument_group("Data Center only")
    server.add_argument(
        "--page-cap", type=int, default=1000, metavar="N", help="tickets on a page (default %(default)s)"
    )
    server.add_argument(
        "--result-window", type=int, default=10_000, metavar="N", help="where a search ends (default %(default)s)"
    )
    server.add_argument(
        "--tempo-live-names", action="store_true", help="worklogs say started, worker and updater, as live servers do"
    )
    parser.add_argument(
        "--lifetime",
        type=float,
        default=DEFAULT_LIFETIME_S,
        metavar="S",
        help="end after so many seconds (default: four hours)",
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input reaches its end")
    return parser


if __name__ == "__main__":
    sys.exit(main())
