"""One part and what asking it found."""

import pytest

from opsportal.checks import Check, NeedsMending, Outcome, run
from servicelevel.errors import PortalError


def test_a_part_that_answers_is_ok() -> None:
    """With what it said."""
    assert run(Check("jira", lambda: "signed in")) == Outcome("jira", ok=True, text="signed in")


@pytest.mark.parametrize("error", [PortalError("down"), NeedsMending("down")])
def test_a_part_that_fails_on_purpose_says_how_to_mend_it(error: PortalError) -> None:
    """An error raised on purpose is an outcome like any other."""

    def ask() -> str:
        raise error

    assert run(Check("jira", ask)) == Outcome("jira", ok=False, text="down")


def test_a_fault_of_our_own_is_not_passed_off_as_somebody_elses() -> None:
    """It comes through as what it is."""

    def ask() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(Check("jira", ask))
