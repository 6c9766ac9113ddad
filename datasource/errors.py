"""What can go wrong at somebody else's server.

SourceError                     the source and the call, what happened, what to do next
├── SourceUnreachable           no connection, or no answer in time
├── SourceThrottled             asked to wait longer than the read may take
├── DeadlinePassed              the whole read took longer than its budget
├── LoginUnknown                the credentials could not be had, so nothing was asked
├── LoginFailed                 the credentials are not accepted
├── NotPermitted                the account may not do this
├── SourceRejected              the source says the request is wrong
├── SourceFailed                the source failed, and again when asked again
├── SourceMalformed             the answer is not what the interface promises
└── SourceIncomplete            pages are missing or repeat; less is never passed off as all

Errors of the HTTP and JSON libraries stop here; no error carries a credential.
"""

from typing import ClassVar

from servicelevel.errors import PortalError


class SourceError(PortalError):
    """A call to a source did not give an answer that can be used.

    `what` happened is for those who run the portal and may repeat what a web page said; `shown` is for its readers.
    """

    advice: str = "Try again; if it stays, look at the source itself."
    trouble: ClassVar[str] = "does not answer as it should"

    def __init__(
        self, source: str, what: str, *, call: str = "", advice: str | None = None, shown: str | None = None
    ) -> None:
        self.source, self.what, self.call = source, what, call
        self.shown = what if shown is None else shown
        self.advice = advice or type(self).advice
        where = f" ({call})" if call else ""
        super().__init__(f"{source}: {what}{where}. {self.advice}")

    @property
    def told(self) -> str:
        """What happened and what to do, for the readers of the pages."""
        return f"{self.source} {self.trouble}: {self.shown}. {self.advice}"


class SourceUnreachable(SourceError):
    """No connection could be made, or no answer came in time."""

    trouble = "cannot be reached"
    advice = "Check the address and the network, then try again."


class SourceThrottled(SourceError):
    """The source asks to wait longer than this read may take. `retry_after_s` is its own figure."""

    trouble = "wants to be left alone for a while"

    def __init__(self, source: str, retry_after_s: float, *, call: str = "") -> None:
        self.retry_after_s = retry_after_s
        super().__init__(
            source,
            f"asks to wait {retry_after_s:.0f} s before the next request",
            call=call,
            advice="Try again after that; until then nothing is asked, and the last good data stands.",
        )


class DeadlinePassed(SourceError):
    """The read as a whole took longer than its budget."""

    trouble = "took too long"
    advice = "Raise REFRESH_BUDGET, or read fewer tickets with a smaller WINDOW_DAYS."


class LoginUnknown(SourceError):
    """The credentials could not be had from where they are kept, so nothing was asked."""

    trouble = "was not asked"
    advice = "Mend the secret that SECRETS_ID names; `opsportal check` says what is wrong with it."

    def __init__(self, source: str, what: str, *, call: str = "") -> None:
        super().__init__(source, what.rstrip("."), call=call, shown="its token could not be read")


class LoginFailed(SourceError):
    """The credentials are not accepted. Never tried again by itself: repeated failures lock accounts."""

    trouble = "does not accept the login"
    advice = "Renew the token and check that it belongs to the account that is set."


class NotPermitted(SourceError):
    """The account is known and may not do this."""

    trouble = "does not permit this to the account"
    advice = "Give the account the permission (or its token the scope), or sign in once in the browser if it is locked."


class SourceRejected(SourceError):
    """The source says that the request is wrong, or that what it asks for does not exist (`status` 404)."""

    trouble = "refuses what it is asked"
    advice = "Check what the registry names: project keys, filter, field ids, Tempo team."
    status: int | None = None

    def __init__(
        self,
        source: str,
        what: str,
        *,
        call: str = "",
        advice: str | None = None,
        shown: str | None = None,
        status: int | None = None,
    ) -> None:
        self.status = status
        super().__init__(source, what, call=call, advice=advice, shown=shown)


class SourceFailed(SourceError):
    """The source answered with a failure of its own every time it was asked."""

    trouble = "fails"
    advice = "The source is in trouble; try again later."


class SourceMalformed(SourceError):
    """The answer is not in the form the interface promises, as when a login page or a proxy answers."""

    trouble = "gave an answer that cannot be used"
    advice = "Open the address in a browser: a proxy or a login page may answer in its place."


class SourceIncomplete(SourceError):
    """The source delivered fewer pages than it announced, or one of them twice."""

    trouble = "did not deliver everything"
    advice = "Nothing of this read is used; try again."


_KINDS: dict[str, type[SourceError]] = {
    kind.__name__: kind
    for kind in (
        SourceUnreachable,
        SourceThrottled,
        DeadlinePassed,
        LoginFailed,
        NotPermitted,
        SourceRejected,
        SourceFailed,
        SourceMalformed,
    )
}


def again(kind: str, source: str, what: str, *, call: str, advice: str, shown: str) -> SourceError:
    """An error of a kind in the words it was first told in; a kind that is not known here is SourceFailed."""
    found = _KINDS.get(kind, SourceFailed)
    error = found.__new__(found)  # not every kind is made from words
    SourceError.__init__(error, source, what, call=call, advice=advice, shown=shown)
    return error
