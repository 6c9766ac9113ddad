"""Event patterns of EventBridge, as far as the stack uses them: values, `anything-but` and `$or`, in objects and lists.

A list in an event fits when one of its members does. Another kind of filter is refused.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from collections.abc import Mapping
from typing import Any


class FilterNotKnown(ValueError):
    """A pattern says something that is not understood here."""


def fits(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether a pattern lets an event through.

    Raises:
        FilterNotKnown: the pattern filters in another way than those described above.
    """
    if isinstance(event, list):
        return any(fits(pattern, each) for each in event)
    if not isinstance(event, dict):
        return False
    return all(
        any(fits(one, event) for one in wanted) if name == "$or" else _field_fits(wanted, event.get(name))
        for name, wanted in pattern.items()
    )


def _field_fits(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return fits(wanted, found)
    values = found if isinstance(found, list) else [found]
    return any(_value_fits(one, each) for one in wanted for each in values)


def _value_fits(wanted: Any, found: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(wanted == found)
    if set(wanted) != {"anything-but"}:
        raise FilterNotKnown(f"{wanted} is not understood")
    return found is not None and found not in wanted["anything-but"]
