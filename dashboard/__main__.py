"""`python -m dashboard`: the portal with the settings of the environment."""

import logging
import sys

from dashboard.server import serve
from opsportal.settings import load
from servicelevel.errors import PortalError


def main() -> int:
    """Exit code 0 after an orderly end, 1 when the portal cannot be started."""
    try:
        settings = load()
        logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        serve(settings)
    except PortalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
