"""Filter patterns of CloudWatch Logs for lines that are JSON, as far as the stack uses them.

```
pattern     { either }
either      both || both …
both        test && test …          binds tighter than ||
test        ( either )  or  $.field = "text"
```

A line that is no object matches nothing, and neither does a field that is not there or is no text. Texts are compared
letter by letter. Anything else of CloudWatch's language, wildcards included, is refused: it would be guessed at.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_TOKEN: Final = re.compile(r'\s*(?:(?P<sign>[{}()=]|&&|\|\|)|\$\.(?P<field>\w+)|"(?P<text>[^"*%\\]*)")')


class PatternNotKnown(ValueError):
    """A pattern says something that is not understood here."""


def matches(pattern: str, line: str) -> bool:
    """Whether a pattern finds a line.

    Raises:
        PatternNotKnown: the pattern is none of those described above.
    """
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    return _Reading(pattern, found if isinstance(found, dict) else {}).whole()


def value(transformation: Mapping[str, Any], line: str) -> float:
    """What a line that was found adds to the metric: a number of the transformation's, or of a field of the line.

    Raises:
        PatternNotKnown: the field holds no number, so that nothing would be added.
    """
    told = str(transformation["value"])
    if not told.startswith("$."):
        return float(told)
    found = json.loads(line).get(told.removeprefix("$."))
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise PatternNotKnown(f"{told} is {found!r}, which is no number")
    return float(found)


class _Reading:
    """Reads a pattern from left to right and judges a line on the way."""

    def __init__(self, pattern: str, fields: Mapping[str, Any]) -> None:
        self._pattern, self._fields, self._at = pattern.rstrip(), fields, 0

    def whole(self) -> bool:
        self._sign("{")
        found = self._either()
        self._sign("}")
        if self._at != len(self._pattern):
            raise self._not_known()
        return found

    def _either(self) -> bool:
        found = self._both()
        while self._ahead("||"):
            self._sign("||")
            found |= self._both()
        return found

    def _both(self) -> bool:
        found = self._test()
        while self._ahead("&&"):
            self._sign("&&")
            found &= self._test()
        return found

    def _test(self) -> bool:
        if self._ahead("("):
            self._sign("(")
            found = self._either()
            self._sign(")")
            return found
        field = self._next()["field"]
        self._sign("=")
        text = self._next()["text"]
        if field is None or text is None:
            raise self._not_known()
        return bool(self._fields.get(field) == text)

    def _ahead(self, sign: str) -> bool:
        token = _TOKEN.match(self._pattern, self._at)
        return token is not None and token["sign"] == sign

    def _sign(self, sign: str) -> None:
        if self._next()["sign"] != sign:
            raise self._not_known()

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._pattern, self._at)
        if token is None:
            raise self._not_known()
        self._at = token.end()
        return token

    def _not_known(self) -> PatternNotKnown:
        return PatternNotKnown(f"{self._pattern} is not understood from place {self._at} on")
