"""What can go wrong with the registry.

```
PortalError
└── RegistryError             a registry that cannot be used, with its problems one by one
    ├── RegistryMissing       there is nothing at the path or address
    ├── RegistryUnreadable    there is something, but not a bounded JSON text in UTF-8, or it cannot be read at all
    └── RegistryInvalid       it is JSON, and these parts of it are wrong
```
"""

from datasource.registry.problem import Problem
from servicelevel.errors import PortalError


class RegistryError(PortalError):
    """A registry that cannot be used. `origin` names it, `problems` say what to mend; there is at least one."""

    def __init__(self, origin: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(origin, problems)
        self.origin = origin
        self.problems = problems

    def __str__(self) -> str:
        """The origin on the first line, then every problem on a line of its own."""
        return "\n".join([f"{self.origin} cannot be used:", *(f"  {problem}" for problem in self.problems)])


class RegistryMissing(RegistryError):
    """There is nothing at the path or address. `found` says so where it can be said more exactly."""

    def __init__(self, origin: str, found: str | None = None) -> None:
        super().__init__(origin, (Problem("", found or f"nothing at {origin}", "a queue registry"),))
        self._found = found

    def __str__(self) -> str:
        """The path or address, and three ways to get a registry."""
        found = f" ({self._found})" if self._found else ""
        return (
            f"There is no queue registry at {self.origin}{found}. Write one (docs/registry.md shows how, "
            "`opsportal registry suggest` begins it), set QUEUE_REGISTRY to the path or address of yours, "
            "or look around with `opsportal demo`."
        )


class RegistryUnreadable(RegistryError):
    """The bytes are no bounded JSON text in UTF-8, or could not be read at all."""


class RegistryInvalid(RegistryError):
    """The text is JSON, but not a registry: every problem found in it."""
