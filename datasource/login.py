"""How requests are signed: with the secret as it is at that moment, which is shown to nobody."""

import base64
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from pydantic import SecretStr

from servicelevel.written_forms import written_forms

if TYPE_CHECKING:
    from requests import PreparedRequest

Scheme: TypeAlias = Literal["Basic", "Bearer"]


class Token(Protocol):
    """A secret that may be another one the next time it is asked for."""

    def value(self) -> SecretStr:
        """The secret as it is now.

        Raises:
            PortalError: it is not known.
        """

    def replaced(self, refused: SecretStr) -> bool:
        """Whether there is another one now than the one that was refused, after looking where it is kept."""


class _Fixed:
    """A secret that stays."""

    def __init__(self, secret: SecretStr) -> None:
        self._secret = secret

    def value(self) -> SecretStr:
        """Always the same."""
        return self._secret

    def replaced(self, refused: SecretStr) -> bool:  # noqa: ARG002 - there is but one
        """Never."""
        return False


class Signature:
    """Sets the Authorization header of one request. It also keeps a netrc file from replacing it."""

    def __init__(self, scheme: Scheme, user: str, secret: SecretStr) -> None:
        self._scheme, self._user, self.secret = scheme, user, secret

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        """Sign a request."""
        secret = self.secret.get_secret_value()
        if self._scheme == "Basic":
            secret = base64.b64encode(f"{self._user}:{secret}".encode()).decode()
        request.headers["Authorization"] = f"{self._scheme} {secret}"
        return request

    def __repr__(self) -> str:
        return f"Signature({self._scheme})"


class Login:
    """Signs the requests to one source. Safe to share between threads."""

    def __init__(self, scheme: Scheme, user: str, secret: SecretStr | Token) -> None:
        self._scheme, self._user = scheme, user
        self._token: Token = _Fixed(secret) if isinstance(secret, SecretStr) else secret
        self._sent: set[SecretStr] = set()

    @classmethod
    def basic(cls, user: str, secret: SecretStr | Token) -> "Login":
        """User and token, as Jira Cloud wants them."""
        return cls("Basic", user, secret)

    @classmethod
    def bearer(cls, secret: SecretStr | Token) -> "Login":
        """A bare token, as Tempo wants it."""
        return cls("Bearer", "", secret)

    def signature(self) -> Signature:
        """What signs one request.

        Raises:
            PortalError: the secret is not known.
        """
        secret = self._token.value()
        self._sent.add(secret)
        return Signature(self._scheme, self._user, secret)

    def replaced(self, refused: Signature) -> bool:
        """Whether a request that was refused would be signed otherwise now, after looking where the secret is kept."""
        return self._token.replaced(refused.secret)

    def hidden_in(self, text: str) -> str:
        """A text without any secret that was sent, in whichever form an error page repeats it."""
        for sent in tuple(self._sent):
            secret = sent.get_secret_value()
            header = base64.b64encode(f"{self._user}:{secret}".encode()).decode()
            forms = written_forms(secret) | written_forms(header) if secret else ()
            for form in sorted(forms, key=len, reverse=True):
                text = text.replace(form, "***")
        return text

    def __repr__(self) -> str:
        return f"Login({self._scheme})"
