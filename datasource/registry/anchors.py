"""Anchors of the health score: which input of a measure is worth 0, 80 (on target) and 100 points.

Attainments are anchored by their distance from the target in signed percentage points, because the target itself is
written elsewhere and is always worth 80. All other measures are anchored in their own unit.
"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, Strict, model_validator

from datasource.registry.refusal import refusal
from datasource.registry.section import Section
from datasource.registry.terms import Amount, ShareOfOne
from servicelevel.policy import Anchors


class AttainmentAnchors(Section):
    """Anchors of an attainment in percentage points from its target, which is worth 80."""

    at_0: Annotated[float, Strict(), Field(lt=0, ge=-100)]
    """Points below the target that are worth 0, written with a minus: -25."""
    at_100: Annotated[float, Strict(), Field(gt=0, le=100)]
    """Points above the target that are worth 100: 4."""

    def values(self) -> Anchors:
        """The same as the rules take them."""
        return Anchors(self.at_0, 0, self.at_100)


class MeasureAnchors(Section):
    """Anchors of a measure in its own unit, all in one direction."""

    rising: ClassVar[bool] = False

    at_0: Amount
    """Input worth 0."""
    at_80: Amount
    """Input worth 80: on target."""
    at_100: Amount
    """Input worth 100."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        inputs = (self.at_0, self.at_80, self.at_100)
        low, middle, high = inputs if self.rising else reversed(inputs)
        if not low < middle < high:
            wanted = "at_0 < at_80 < at_100" if self.rising else "at_0 > at_80 > at_100"
            better = "more" if self.rising else "less"
            written = ", ".join(f"{value:g}" for value in (self.at_0, self.at_80, self.at_100))
            raise refusal(f"{wanted} ({better} is better), which {written} are not")
        return self

    def values(self) -> Anchors:
        """The same as the rules take them."""
        return Anchors(self.at_0, self.at_80, self.at_100)


class NetFlowAnchors(MeasureAnchors):
    """Anchors of resolved / created: more is better."""

    rising: ClassVar[bool] = True


class BacklogDaysAnchors(MeasureAnchors):
    """Anchors of backlog days, in business days: less is better."""


class UtilisationAnchors(MeasureAnchors):
    """Anchors of booked / scheduled hours: less is better, but below what is worth 100 under-use costs points again."""


class RateAnchors(MeasureAnchors):
    """Anchors of a share from 0 to 1: less is better."""

    at_0: ShareOfOne
    """Share worth 0."""
    at_80: ShareOfOne
    """Share worth 80: on target."""
    at_100: ShareOfOne
    """Share worth 100."""


class AnchorsSection(Section):
    """Anchors by measure; a measure that is not named keeps its usual ones."""

    first_response: AttainmentAnchors | None = None
    """First-response attainment, in percentage points from the target; -25 and 4 unless written."""
    resolution: AttainmentAnchors | None = None
    """Resolution attainment, in percentage points from the target; -30 and 7 unless written."""
    backlog_days: BacklogDaysAnchors | None = None
    """Business days of work in the backlog; 20, 5 and 2 unless written."""
    ageing_share: RateAnchors | None = None
    """Share of open tickets older than the queue's own 85th percentile; 0.80, 0.20 and 0.10 unless written."""
    net_flow: NetFlowAnchors | None = None
    """Resolved over created; 0.80, 1.00 and 1.10 unless written."""
    reopen_rate: RateAnchors | None = None
    """Share of resolutions reopened within 14 days; 0.15, 0.05 and 0.02 unless written."""
    utilisation: UtilisationAnchors | None = None
    """Booked over scheduled hours; 1.00, 0.75 and 0.65 unless written."""

    def values(self) -> dict[str, Anchors]:
        """Anchors of the measures that are named."""
        sections = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: section.values() for name, section in sections.items() if section is not None}
