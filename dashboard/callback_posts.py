"""What an open page may send when it asks for new content: Dash takes it as it comes, so it is looked at before."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import flask
import msgspec

from dashboard.api.problems import BAD_REQUEST, NOT_JSON, OUTDATED, TOO_LARGE, Problem

LONGEST_TEXT: Final = 8_000
MOST_PARTS: Final = 50
"""Entries of one value, and of each list of what is sent beside the inputs."""

_RELOAD: Final = "This page is older than the portal. Reload it."
_TEXTS: Final = frozenset({"pathname", "search", "hash", "href", "data-shown"})
_COUNTS: Final = frozenset({"n_intervals", "n_clicks"})


class _Slot(msgspec.Struct, frozen=True, rename={"prop": "property"}):
    """A property of a component, and its value where it is an input."""

    id: str
    prop: str
    value: Any = None

    @property
    def name(self) -> tuple[str, str]:
        return self.id, self.prop.partition("@")[0]


class _Post(msgspec.Struct, frozen=True, rename={"changed": "changedPropIds"}):
    output: str
    outputs: _Slot | list[_Slot]
    inputs: list[_Slot]
    state: list[_Slot] = []
    changed: list[str] = []


class _Named(msgspec.Struct, frozen=True):
    """As much as names the callback."""

    output: str


_NAME: Final = msgspec.json.Decoder(_Named)
_DECODER: Final = msgspec.json.Decoder(_Post)
"""Made here, by one thread: several that meet a class for the first time at once end the process."""


_Form = TypeVar("_Form")


def check(request: flask.Request, callbacks: Mapping[str, Any]) -> None:
    """Look at the body of a request for new content. `callbacks` are those of the application, by their outputs.

    Raises:
        Problem: it is none that a page of this release sends.
    """
    if not request.is_json:
        raise Problem(NOT_JSON, "Content for pages is asked for with Content-Type: application/json.")
    body = request.get_data()
    most = request.max_content_length
    if most is not None and request.content_length is None and len(body) >= most:
        raise Problem(TOO_LARGE, f"The body has {most} bytes or more.")  # of which no more were read
    known = callbacks.get(_decoded(_NAME, body).output)
    if known is None or "callback" not in known:
        raise Problem(OUTDATED, _RELOAD)
    post = _decoded(_DECODER, body)
    if not _is_that_of(post, known):
        raise Problem(OUTDATED, _RELOAD)
    wrong = next((slot for slot in (*post.inputs, *post.state) if not _fits(slot.prop, slot.value)), None)
    if wrong is not None or len(post.changed) > MOST_PARTS:
        what = "changedPropIds" if wrong is None else f"{wrong.id}.{wrong.prop}"
        raise Problem(BAD_REQUEST, f"The value of {what} is none that pages send.")


def _decoded(decoder: msgspec.json.Decoder[_Form], body: bytes) -> _Form:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Problem(BAD_REQUEST, "The body is not what pages send.") from None


def _is_that_of(post: _Post, known: Mapping[str, Any]) -> bool:
    """Whether inputs, states and outputs are those of a callback, in its order."""
    several = isinstance(post.outputs, list)
    outputs: Sequence[_Slot] = post.outputs if isinstance(post.outputs, list) else [post.outputs]
    named = post.output[2:-2].split("...") if several else [post.output]
    return (
        several == post.output.startswith("..")
        and [slot.name for slot in outputs] == [_name(each) for each in named]
        and [slot.name for slot in post.inputs] == [(each["id"], each["property"]) for each in known["inputs"]]
        and [slot.name for slot in post.state] == [(each["id"], each["property"]) for each in known["state"]]
    )


def _name(written: str) -> tuple[str, str]:
    component, _, prop = written.rpartition(".")
    return component, prop.partition("@")[0]


def _fits(prop: str, value: Any) -> bool:
    if value is None:
        return True
    if prop in _TEXTS:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT
    if prop in _COUNTS:
        return isinstance(value, int) and not isinstance(value, bool)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    return len(parts) <= MOST_PARTS and all(map(_is_plain, parts))


def _is_plain(value: Any) -> bool:
    return (
        value is None
        or isinstance(value, bool | int | float)
        or (isinstance(value, str) and len(value) <= LONGEST_TEXT)
    )
