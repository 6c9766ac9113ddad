"""The one ancestor of every error raised on purpose."""


class PortalError(Exception):
    """Something the portal cannot do, said so that a person can mend it.

    ``str()`` gives one message: what happened, where, and what to do next.

    `retry_after_s` is how many seconds the cause asks to wait before it is tried again, where it says so.
    """

    retry_after_s: float | None = None
