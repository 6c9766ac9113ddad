"""Which sites may show an answer in a frame of theirs."""

from typing import TYPE_CHECKING, Final

from dashboard.gate import identity_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_NOBODY: Final = "'none'"


def frame_ancestors(environ: "WSGIEnvironment", setting: str) -> str:
    """The `frame-ancestors` of an answer to whoever asks: the one site of a token for a page, else what is set.

    What a program or a wallboard gets belongs into no frame.
    """
    identity = identity_of(environ)
    if identity.kind in ("api", "kiosk"):
        return _NOBODY
    return identity.origin or setting
