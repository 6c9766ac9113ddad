"""What a crash leaves behind: no picture of the memory, which holds every secret in the clear."""

import resource
from typing import Final

LARGEST_BYTES: Final = 1
"""Not 0: a system that hands core files to a program does so in spite of 0, and takes 1 for a no."""


def leave_none() -> None:
    """Let this process, and those that it starts from here on, end without a core file."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    limit = LARGEST_BYTES if most == resource.RLIM_INFINITY else min(most, LARGEST_BYTES)
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
