"""The key behind pseudonyms: without it nobody can work out whose one is, though they know every account's id."""

import hashlib
import secrets
from typing import Final

from pydantic import SecretStr

from opsportal.present import PresentSettings
from servicelevel.errors import PortalError

KEY_BYTES: Final = 32
_UNTIL_KNOWN: Final = secrets.token_bytes(KEY_BYTES)


def pseudonym_key(known: PresentSettings) -> bytes:
    """The key that follows from `TOKEN_KEY`, so that every process has the same; empty where none is set.

    While the secret that may hold it cannot be read, this process and those forked from it have one of their own.
    """
    try:
        return key_from(known.get().token_key)
    except PortalError:
        return _UNTIL_KNOWN if known.written.token_key is None else key_from(known.written.token_key)


def key_from(token_key: SecretStr | None) -> bytes:
    """The key that follows from a secret, which cannot be told from it; empty without one."""
    if token_key is None:
        return b""
    return hashlib.blake2b(token_key.get_secret_value().encode(), digest_size=KEY_BYTES, person=b"pseudonyms").digest()
