"""For Gunicorn's own command: `gunicorn -c python:dashboard.gunicorn_conf dashboard.wsgi:server`.

Its options are those of the settings; options of the command line win.
"""

from dashboard.gunicorn_options import options
from opsportal.settings import load

globals().update(options(load()))
