"""The one ancestor of every error raised on purpose."""


class PortalError(Exception):
    """Something the portal cannot do, said so that a person can mend it.

    ``str()`` gives one message: what happened, where, and what to do next.

    `retry_after_s` is how many seconds the cause asks to wait before it is tried again, where it says so. `held_back`:
    nothing was tried this time, because the cause is known.
    """

    retry_after_s: float | None = None
    held_back: bool = False

    @property
    def told(self) -> str:
        """The message for those who read the pages: no calls, and nothing that was not written for people."""
        return str(self)
