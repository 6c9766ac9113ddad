"""What can go wrong where tokens are kept.

```
PortalError
└── SecretFailed          which secret, what was found, what was expected; never a value of it
    ├── SecretUnreadable  it could not be had
    └── SecretMalformed   it was had, and is not what it should be
```
"""

from servicelevel.errors import PortalError


class SecretFailed(PortalError):
    """The secret cannot be used."""

    def __init__(self, secret_id: str, found: str, expected: str) -> None:
        super().__init__(f"The secret {secret_id} cannot be used: found {found}. Expected: {expected}.")


class SecretUnreadable(SecretFailed):
    """There is none, it may not be read, or nobody answered."""


class SecretMalformed(SecretFailed):
    """It is no object of names and texts, or has other names than it may have."""
