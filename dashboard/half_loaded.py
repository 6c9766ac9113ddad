"""Answers that are written while another thread loads pandas for the first table of a worker.

What writes Dash's answers down asks the interpreter for pandas, to know its values when it meets one, and takes it as
soon as its name is there. That is long before it is loaded, and such an answer fails.
"""

import sys
from types import ModuleType
from typing import Final

from plotly.io import _json

_ASKED_FOR: Final = _json.get_module


def install() -> None:
    """Let a module that is still being loaded count as not there: no answer can hold anything of it yet."""
    _json.get_module = _whole


def _whole(name: str, should_load: bool = True) -> ModuleType | None:
    found = sys.modules.get(name)
    if not should_load and getattr(getattr(found, "__spec__", None), "_initializing", False):
        return None
    module: ModuleType | None = _ASKED_FOR(name, should_load)
    return module
