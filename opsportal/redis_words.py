"""What is wrong with a Redis that fails, and what to do about it. No word of it comes from the other side."""

from redis import exceptions

_CLUSTER = "Redis is a cluster of several parts, and the portal needs a whole one: turn cluster mode off."

_BY_KIND: tuple[tuple[type[Exception], str], ...] = (
    (
        exceptions.AuthenticationError,
        "Redis does not accept the user and password in REDIS_URL, or wants one and has none: set the right one.",
    ),
    (
        exceptions.NoPermissionError,
        "Redis does not allow the user in REDIS_URL what the portal needs; docs/settings.md lists it.",
    ),
    (exceptions.BusyLoadingError, "Redis is still loading its data; nothing has to be done."),
    (
        exceptions.ReadOnlyError,
        "Redis takes no writes because it is a replica: let REDIS_URL name the primary.",
    ),
    (
        exceptions.OutOfMemoryError,
        "Redis is full: give it more memory (maxmemory).",
    ),
    (exceptions.AskError, _CLUSTER),
    (exceptions.ClusterError, _CLUSTER),
    (exceptions.ClusterCrossSlotError, _CLUSTER),
    (exceptions.TryAgainError, _CLUSTER),
    (
        exceptions.ResponseError,
        "Redis refuses what is asked of it: its own log says why. Its disk may be full, or its release too old.",
    ),
    (
        exceptions.InvalidResponse,
        "What answers at the address in REDIS_URL is no Redis: set the right host and port.",
    ),
)


def is_an_answer(error: Exception) -> bool:
    """Whether Redis itself said no: then asking again at once is in vain."""
    return isinstance(error, exceptions.ResponseError) or getattr(error, "status_code", None) is not None


def problem_of(error: Exception, timeout_s: float) -> str:
    """A sentence or two on an error of the client library."""
    for kind, words in _BY_KIND:
        if isinstance(error, kind):
            return words
    if getattr(error, "status_code", None) is not None:
        return "Redis has no room for another connection: let it have more (maxclients)."
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return f"Redis did not answer within {timeout_s:g} s: see whether it is up and the way to it open."
    if isinstance(error, exceptions.ConnectionError | OSError):
        return "Redis cannot be reached: see whether it is up, the way to it open, and whether it wants rediss://."
    return f"Redis answers in a way that cannot be understood ({type(error).__name__})."
