"""The one ancestor of every error raised on purpose."""


class PortalError(Exception):
    """Something the portal cannot do, said so that a person can mend it.

    ``str()`` gives one message: what happened, where, and what to do next.
    """
