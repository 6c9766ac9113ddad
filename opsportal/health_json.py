"""The score in the shape that others build on: what it is made of, and why it moved."""

from opsportal.json_units import instant
from opsportal.shapes.health import DimensionJson, HealthJson, MovementJson, PreviousJson, ScoreJson
from servicelevel.health import Dimension, Health
from servicelevel.movement import Movement
from servicelevel.report import QueueReport


def health(made: QueueReport) -> HealthJson:
    """The score, what it is made of, and why it moved."""
    then = made.previous
    previous: PreviousJson | None = None
    if then is not None:
        previous = {
            "score": then.health.score,
            "as_of": instant(then.window.end, made.queue.calendar),
            "source": "replay",
        }
    return {
        **score(made.now.health),
        "previous": previous,
        "compared_days": made.compared_days,
        "movement": None if made.movement is None else [_movement(row) for row in made.movement],
        "movement_reason": made.movement_reason,
    }


def score(made: Health) -> ScoreJson:
    """A score and what it is made of."""
    return {
        "score": made.score,
        "band": made.band,
        "coverage": made.coverage,
        "weights_sum": sum(made.weights.values()),
        "dimensions": [_dimension(d, made.weights[d.name], made.contributions.get(d.name)) for d in made.dimensions],
    }


def _dimension(d: Dimension, weight: float, contribution: float | None) -> DimensionJson:
    shaped: DimensionJson = {
        "name": d.name,
        "weight": weight,
        "input": d.input,
        "raw": d.raw,
        "prior": d.prior,
        "n": d.n,
        "unit": d.unit,
        "target": d.target,
        "anchors": None
        if d.anchors is None
        else {"at_0": d.anchors.at_0, "at_80": d.anchors.at_80, "at_100": d.anchors.at_100},
        "utility": d.utility,
        "contribution": contribution,
        "low_sample": d.low_sample,
        "reason": d.reason,
    }
    if d.name == "backlog":
        shaped["parts"] = [{"name": part.name, "input": part.input, "utility": part.utility} for part in d.parts]
    return shaped


def _movement(row: Movement) -> MovementJson:
    return {
        "name": row.name,
        "delta": row.shown,
        "rate_effect": row.rate_effect,
        "mix_effect": row.mix_effect,
        "prior_effect": row.prior_effect,
        "raw_rate_effect": None if row.raw is None else row.raw.rate,
        "raw_mix_effect": None if row.raw is None else row.raw.mix,
        "came": list(row.came),
        "gone": list(row.gone),
    }
