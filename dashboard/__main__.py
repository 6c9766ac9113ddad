"""`python -m dashboard`: the portal with the settings of the environment."""

import gc
import sys

from opsportal import logs
from opsportal.settings import forget_empty, load
from servicelevel.errors import PortalError


def main() -> int:
    """Exit code 0 after an orderly end, 1 when the portal cannot be started."""
    gc.disable()  # all that is loaded now stays; `on_starting` ends this
    try:
        settings = load()
        logs.configure(settings)
        forget_empty()
        from dashboard.server import serve  # Gunicorn looks at the environment when it is loaded

        serve(settings)
    except PortalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
