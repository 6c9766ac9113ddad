"""The registry's text in, the policy or every problem out."""

from collections.abc import Iterable
from itertools import chain, islice

from pydantic import ValidationError

from datasource.registry import syntax
from datasource.registry.crosscheck import crosscheck
from datasource.registry.errors import RegistryInvalid
from datasource.registry.findings import problems_of, sound_part
from datasource.registry.model import RegistrySection
from datasource.registry.policy import policy
from datasource.registry.problem import Problem
from servicelevel.policy import Policy

MOST_PROBLEMS = 500
"""Problems that one error lists."""


def parse(text: bytes, origin: str) -> Policy:
    """The policy that a registry states. `origin` says in messages where the text came from.

    The text is judged as a whole: what one section has wrong does not hide what is wrong in another.

    Raises:
        RegistryUnreadable: the text is not JSON, too large, or nested too deeply.
        RegistryInvalid: it is JSON but no registry; the error lists every problem, or the first 500.
    """
    tree = syntax.read(text, origin)
    try:
        registry = RegistrySection.model_validate(tree.value)
    except ValidationError as error:
        structural = problems_of(error, tree.value)
        problems = _listed(chain(tree.problems, structural, crosscheck(sound_part(error, tree.value))))
        raise RegistryInvalid(origin, problems) from None
    problems = _listed(chain(tree.problems, crosscheck(tree.value)))
    if problems:
        raise RegistryInvalid(origin, problems)
    return policy(registry)


def _listed(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As many problems as a person reads; of a text that was never a registry there could be a hundred thousand."""
    listed = tuple(islice(problems, MOST_PROBLEMS + 1))
    if len(listed) <= MOST_PROBLEMS:
        return listed
    return (*listed[:MOST_PROBLEMS], Problem("", f"more problems than these {MOST_PROBLEMS}", "none"))
