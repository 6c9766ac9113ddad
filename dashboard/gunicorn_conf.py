"""For Gunicorn's own command: `gunicorn -c python:dashboard.gunicorn_conf dashboard.wsgi:server`.

Its options are those of the settings; options of the command line win.
"""

import gc

gc.disable()

from dashboard.gunicorn_options import options  # noqa: E402 - not a search for garbage in all that is loaded from here on
from opsportal.settings import load  # noqa: E402

globals().update(options(load()))
