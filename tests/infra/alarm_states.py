"""When an alarm of CloudWatch goes off: so many of its last periods breach its threshold.

What arrives late, and the longer look back that CloudWatch takes where periods are missing, is left out.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

_STATISTICS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {"Sum": sum, "Maximum": max}
_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}
_MISSING: Final = {"breaching": True, "notBreaching": False}


def goes_off(alarm: Mapping[str, Any], periods: Sequence[Sequence[float]]) -> bool:
    """Whether an alarm is on, after periods (oldest first) in each of which these values arrived."""
    looked_at = periods[-alarm["evaluation_periods"] :]
    breaching = [_breaches(alarm, values) for values in looked_at]
    needed: int = alarm["datapoints_to_alarm"] or alarm["evaluation_periods"]
    return sum(breaching) >= needed


def _breaches(alarm: Mapping[str, Any], values: Sequence[float]) -> bool:
    if not values:
        return _MISSING[alarm["treat_missing_data"]]
    return _COMPARISONS[alarm["comparison_operator"]](_STATISTICS[alarm["statistic"]](values), alarm["threshold"])
