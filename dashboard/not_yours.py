"""What is refused though it is there: a page, or a matter of the portal's own, that is not for whoever asks."""

from servicelevel.errors import PortalError


class NotYours(PortalError):
    """What was asked for lies outside what one may see; the message says what would have to be so."""


class PageNotYours(NotYours):
    """A page, or what belongs to it."""

    def __init__(self, page: str) -> None:
        super().__init__(f"What you were let in with does not show the page {page!r}, nor what belongs to it.")


class NoQueueYours(NotYours):
    """Whatever is about queues, where none is left that may be seen."""

    def __init__(self) -> None:
        super().__init__("What you were let in with is for queues that the registry does not have, or not any more.")


class ForAdmins(NotYours):
    """A matter of the portal's own."""

    def __init__(self) -> None:
        super().__init__("This is for administrators of the portal.")
