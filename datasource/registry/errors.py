"""What can go wrong with the registry.

```
PortalError
└── RegistryError             a registry that cannot be used, with its problems one by one
    ├── RegistryMissing       there is no file at the path
    ├── RegistryUnreadable    there is one, but not a bounded JSON text in UTF-8
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
    """There is no file at the path."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin, (Problem("", f"nothing at {origin}", "a queue registry"),))

    def __str__(self) -> str:
        """The path, and three ways to get a registry."""
        return (
            f"There is no queue registry at {self.origin}. Write one (docs/registry.md shows how), "
            "set QUEUE_REGISTRY to the path of yours, or look around with `opsportal demo`."
        )


class RegistryUnreadable(RegistryError):
    """The bytes are no bounded JSON text in UTF-8, or could not be read at all."""


class RegistryInvalid(RegistryError):
    """The text is JSON, but not a registry: every problem found in it."""
