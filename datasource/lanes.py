"""Threads that ask side by side, each on behalf of whoever had it asked."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Lanes(ThreadPoolExecutor):
    """A pool whose calls run in the context of their caller, so that what they ask can be traced back to it."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Have a call made."""
        return super().submit(copy_context().run, partial(fn, *args, **kwargs))
