"""The score in the shape that others build on: what it is made of, and why it moved."""

from collections.abc import Callable

from opsportal.json_units import Json
from servicelevel.health import Dimension
from servicelevel.movement import Movement
from servicelevel.report import QueueReport


def health(made: QueueReport, at: Callable[[int], str | None]) -> Json:
    """The score, what it is made of, and why it moved."""
    score, then = made.now.health, made.previous
    previous = None
    if then is not None:
        previous = {"score": then.health.score, "as_of": at(then.window.end), "source": "replay"}
    return {
        "score": score.score,
        "band": score.band,
        "coverage": score.coverage,
        "weights_sum": sum(score.weights.values()),
        "dimensions": [_dimension(d, score.weights[d.name], score.contributions.get(d.name)) for d in score.dimensions],
        "previous": previous,
        "compared_days": made.compared_days,
        "movement": None if made.movement is None else [_movement(row) for row in made.movement],
        "movement_reason": made.movement_reason,
    }


def _dimension(d: Dimension, weight: float, contribution: float | None) -> Json:
    anchors = d.anchors and {"at_0": d.anchors.at_0, "at_80": d.anchors.at_80, "at_100": d.anchors.at_100}
    shaped: Json = {
        "name": d.name,
        "weight": weight,
        "input": d.input,
        "raw": d.raw,
        "prior": d.prior,
        "n": d.n,
        "unit": d.unit,
        "target": d.target,
        "anchors": anchors,
        "utility": d.utility,
        "contribution": contribution,
        "low_sample": d.low_sample,
        "reason": d.reason,
    }
    if d.name == "backlog":
        shaped["parts"] = [{"name": part.name, "input": part.input, "utility": part.utility} for part in d.parts]
    return shaped


def _movement(row: Movement) -> Json:
    return {
        "name": row.name,
        "delta": row.shown,
        "rate_effect": row.rate_effect,
        "mix_effect": row.mix_effect,
        "prior_effect": row.prior_effect,
        "raw_rate_effect": row.raw and row.raw.rate,
        "raw_mix_effect": row.raw and row.raw.mix,
        "came": list(row.came),
        "gone": list(row.gone),
    }
