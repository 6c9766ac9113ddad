"""The health score: what it is made of, and why it moved."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from opsportal.shapes.units import Count, Instant, Points, Ratio
from servicelevel.health import Band
from servicelevel.health import Reason as LeftOut
from servicelevel.policy import DIMENSIONS, DimensionName

Score = Annotated[float, Meta(ge=0, le=100, description="0 to 100, to one decimal.")]


MovedName = Annotated[str, Meta(extra_json_schema={"enum": [*DIMENSIONS, "coverage"]})]
CameOrWent = Annotated[str, Meta(extra_json_schema={"enum": list(DIMENSIONS)})]


class AnchorsJson(TypedDict):
    """Inputs that earn 0, 80 (the target) and 100 points, in the unit of the dimension."""

    at_0: float
    at_80: float
    at_100: float


class PartJson(TypedDict):
    """One of the measures that a dimension is the mean of; null where it is left out."""

    name: str
    input: float | None
    utility: Points | None


class DimensionJson(TypedDict):
    """One of six dimensions. Its utility and contribution are null, with a reason, when it is left out.

    Of the backlog, which is a mean of two measures, `parts` has the inputs.
    """

    name: DimensionName
    weight: float
    input: Annotated[float | None, Meta(description="The value scored, small samples filled up.")]
    raw: Annotated[float | None, Meta(description="The value before filling up.")]
    prior: Annotated[float | None, Meta(description="The rate that a small sample is filled up with.")]
    n: Annotated[Count, Meta(description="How many tickets or promises the value rests on.")]
    unit: Literal["ratio", "business_days"]
    target: float | None
    anchors: AnchorsJson | None
    utility: Points | None
    contribution: Annotated[Points | None, Meta(description="Contributions add up to the score.")]
    low_sample: bool
    reason: LeftOut | None
    parts: NotRequired[list[PartJson]]


class ScoreJson(TypedDict):
    """A score; null with band `insufficient` when too little is known."""

    score: Score | None
    band: Band
    coverage: Annotated[Ratio, Meta(description="Share of the weight that has enough data.")]
    weights_sum: float
    dimensions: list[DimensionJson]


class PreviousJson(TypedDict):
    """The score that the present one is compared with."""

    score: Score | None
    as_of: Instant
    source: Literal["live", "snapshot", "replay"]


class MovementJson(TypedDict):
    """Points of score that a dimension, or the change of coverage, brought; effects are of the attainments only."""

    name: MovedName
    delta: Points
    rate_effect: Points | None
    mix_effect: Points | None
    prior_effect: Points | None
    raw_rate_effect: Points | None
    raw_mix_effect: Points | None
    came: list[CameOrWent]
    gone: list[CameOrWent]


class HealthJson(ScoreJson):
    """A queue's score, and why it moved."""

    previous: PreviousJson | None
    compared_days: Annotated[int, Meta(ge=1, description="Distance of the earlier window in days.")]
    movement: list[MovementJson] | None
    movement_reason: Literal["not_covered", "no_score", "no_previous_score"] | None
