"""`python -m opsportal`."""

from opsportal.cli import main

main()
