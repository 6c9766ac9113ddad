"""Decoders of JSON in typed forms, made by one thread at a time.

What msgspec learns of a class when it first meets it is seen by other threads before it is whole, and they end the
process with a segmentation fault (seen with 0.22, queues being read side by side). Once made, a decoder may be used by
any number of threads.
"""

import threading
from typing import Any, Final, TypeVar

import msgspec

Form = TypeVar("Form")

_making: Final = threading.Lock()
_made: Final[dict[Any, msgspec.json.Decoder[Any]]] = {}


def decoder(form: type[Form]) -> msgspec.json.Decoder[Form]:
    """The decoder of a form that stands in the code. It is made once and stays."""
    found = _made.get(form)
    if found is None:
        found = _made[form] = new_decoder(form)
    return found


def new_decoder(form: Any) -> msgspec.json.Decoder[Any]:
    """A decoder of a form that is made up as the program runs."""
    with _making:
        return msgspec.json.Decoder(form)
