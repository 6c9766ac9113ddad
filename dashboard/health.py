"""Whether the portal lives, whether it may serve, and its counts, at the root whatever the prefix is.

None of the three reads a source, waits for history, or holds anything of a ticket.
"""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import flask
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from dashboard.gate import identity_of, scope_of
from dashboard.not_yours import NotYours
from dashboard.portal import Portal
from dashboard.queue_gauges import QueueGauges
from dashboard.vitals import HistoryStanding, Vitals
from opsportal.cached import SourceNote
from opsportal.snapshot_lines import counted
from opsportal.source_note import SourceName
from servicelevel.errors import PortalError
from servicelevel.instants import SECOND_MS

STALE_AFTER: Final = 2
"""A reading older than so many times its age at renewal is stale, as the pages call it."""


def install(server: flask.Flask, portal: Portal, vitals: Vitals) -> None:
    """Answer `/healthz`, `/readyz` and `/metrics`."""

    @server.get("/healthz")
    def healthz() -> flask.Response:
        return _kept_nowhere(flask.Response("ok\n", mimetype="text/plain"))

    @server.get("/readyz")
    def readyz() -> flask.Response:
        told = _parts(portal, vitals)
        whole = identity_of(flask.request.environ).has("admin")
        response = flask.jsonify(told if whole else _outline(told))
        response.status_code = HTTPStatus.OK if told["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
        return _kept_nowhere(response)

    @server.get("/metrics")
    def metrics() -> flask.Response:
        _need_all_of_it()
        text = vitals.metrics.text(QueueGauges(portal, vitals))
        return _kept_nowhere(flask.Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4))


def _need_all_of_it() -> None:
    """Check that nothing is kept from whoever asks: the counts are those of every queue and page.

    Raises:
        NotYours: something is.
    """
    scope = scope_of(flask.request.environ)
    if scope.queues is not None or scope.views is not None:
        raise NotYours("What you were let in with is for some queues or pages. The counts are of all of them.")


def _kept_nowhere(response: flask.Response) -> flask.Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _outline(told: dict[str, Any]) -> dict[str, Any]:
    """What strangers are told: what a balancer needs, and where somebody who is asked for help begins to look."""
    parts = {name: {"state": part["state"]} for name, part in told["parts"].items()}
    return {"ready": told["ready"], "parts": parts}


def _parts(portal: Portal, vitals: Vitals) -> dict[str, Any]:
    """Every part with its state. Only a registry that was never read, and a start that is not done, keep it from ready.

    What of the others is not known is said to be unknown.
    """
    now = portal.now()
    cache, cache_since = vitals.cache_since(now)
    parts: dict[str, Any] = {
        "start": {"state": "ok" if vitals.started else "under_way"},
        "cache": {"state": "ok" if cache.reached else "away", **asdict(cache), "since": _iso(cache_since)},
        "history": _history(vitals.history()),
    }
    try:
        note, queues = portal.reports.registry_note(), tuple(queue.id for queue in portal.policy.queues)
        notes = portal.reports.source_notes()
    except PortalError:
        parts["registry"] = {"state": "failed"}
        return {"ready": False, "parts": parts}
    parts["registry"] = {
        "state": "newer_version_broken" if note.problems else "ok",
        "queues": len(queues),
        "problems": len(note.problems),
        "changed_at": _iso(note.changed_at),
    }
    ttl_ms = portal.settings.cache_ttl * SECOND_MS
    parts["refresher"] = {
        "state": "ok" if vitals.leads() or _seen(notes, now, ttl_ms) else "not_seen",
        "leads": vitals.leads(),
        "last_read": _iso(max((each.read_at for each in notes if each.read_at is not None), default=None)),
    }
    parts["jira"] = _source(notes, "Jira", queues, now, ttl_ms)
    if portal.settings.tempo_configured:
        parts["tempo"] = _source(notes, "Tempo", queues, now, ttl_ms)
    else:
        parts["tempo"] = {"state": "not_configured"}
    return {"ready": vitals.started, "parts": parts}


def _history(standing: HistoryStanding) -> dict[str, Any]:
    run = standing.last_run
    last = run and {
        "taker": run.taker,
        "started_at": _iso(run.started_at),
        "ended_at": _iso(run.ended_at),
        "results": counted(run),
    }
    return {"state": standing.state, "since": _iso(standing.since), "last_run": last}


def _source(
    notes: tuple[SourceNote, ...], source: SourceName, queues: tuple[str, ...], now: int, ttl_ms: int
) -> dict[str, Any]:
    """How many queues have a young reading of a source, an old one, none that was good, or none so far."""
    known = {note.queue_id: note for note in notes if note.source == source}
    standings = Counter(_standing(known.get(queue), now, ttl_ms) for queue in queues)
    failing = sum(note.error is not None for note in known.values())
    state = "failing" if failing else "ok" if standings["fresh"] == len(queues) else "behind"
    counted = {name: standings[name] for name in ("fresh", "stale", "failed", "unread")}
    return {"state": state, "queues": counted, "failing": failing}


def _standing(note: SourceNote | None, now: int, ttl_ms: int) -> str:
    if note is None:
        return "unread"
    if note.read_at is None:
        return "failed"
    return "fresh" if now - note.read_at <= STALE_AFTER * ttl_ms else "stale"


def _seen(notes: tuple[SourceNote, ...], now: int, ttl_ms: int) -> bool:
    """Whether somebody, in whatever process, has read or tried to within what a renewal takes at most."""
    read = any(each.read_at is not None and now - each.read_at <= STALE_AFTER * ttl_ms for each in notes)
    return read or any(each.next_try is not None and each.next_try >= now - ttl_ms for each in notes)


def _iso(instant: int | None) -> str | None:
    if instant is None:
        return None
    return datetime.fromtimestamp(instant / SECOND_MS, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
