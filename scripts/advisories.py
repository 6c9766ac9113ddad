"""What is publicly known against versions of libraries: a small client of the batch query of osv.dev.

pip-audit asks the same database, yet only about what the Python at hand would install, and about nothing from npm; and
to it an answer without content is good news. Here silence counts only from a service that has just named the
advisories against versions that everybody knows to be bad.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

SERVICE = "https://api.osv.dev/v1/querybatch"

_TIMEOUT_S = (10, 60)
_AT_ONCE = 500
"""Versions in one request; the service takes a thousand."""
_PAGES = 20


class CouldNotLook(Exception):
    """Nothing can be said about any version; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A version of a package; `ecosystem` is the database's word for where it is from, such as `PyPI`."""

    ecosystem: str
    name: str
    version: str

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.name} {self.version} ({self.ecosystem})"


KNOWN_BAD = (Release("PyPI", "pyyaml", "5.3"), Release("npm", "lodash", "4.17.4"))
"""Versions with published advisories for years: whoever has nothing to say about these knows nothing."""


def known_against(releases: Sequence[Release], service: str = SERVICE) -> dict[Release, tuple[str, ...]]:
    """The ids of the advisories against each of these releases, for those that have any.

    Raises:
        CouldNotLook: the service cannot be reached, answers with something else, or does not know what it should.
    """
    known: dict[Release, tuple[str, ...]] = {}
    for start in range(0, len(releases), _AT_ONCE):
        part = releases[start : start + _AT_ONCE]
        found = _known([*KNOWN_BAD, *part], service)
        for bad in KNOWN_BAD:
            if bad not in found:
                raise CouldNotLook(f"{service} knows nothing against {bad}, so its silence about others means nothing")
        known |= {release: found[release] for release in part if release in found}
    return known


def _known(releases: Sequence[Release], service: str) -> dict[Release, tuple[str, ...]]:
    ids: dict[Release, set[str]] = {}
    pending: list[tuple[Release, str | None]] = [(release, None) for release in releases]
    for _ in range(_PAGES):
        following: list[tuple[Release, str | None]] = []
        for (release, _token), result in zip(pending, _answers(pending, service), strict=True):
            named, token = _read(result, service)
            if named:
                ids.setdefault(release, set()).update(named)
            if token is not None:
                following.append((release, token))
        if not following:
            return {release: tuple(sorted(each)) for release, each in ids.items()}
        pending = following
    raise CouldNotLook(f"{service} answers with page after page about {pending[0][0]}")


def _answers(pending: Sequence[tuple[Release, str | None]], service: str) -> list[object]:
    """One result for each question, in their order."""
    questions = [_question(release, token) for release, token in pending]
    try:
        answer = requests.post(service, json={"queries": questions}, timeout=_TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        raise CouldNotLook(f"{service} cannot be reached: {type(error).__name__}") from error
    if answer.status_code != 200:
        raise CouldNotLook(f"{service} answers HTTP {answer.status_code}")
    try:
        results = answer.json()["results"]
    except (ValueError, LookupError, TypeError):
        raise CouldNotLook(f"{service} answers with something that is no list of results") from None
    if not isinstance(results, list) or len(results) != len(questions):
        raise CouldNotLook(f"{service} does not answer each of {len(questions)} questions")
    return results


def _question(release: Release, token: str | None) -> dict[str, Any]:
    package = {"ecosystem": release.ecosystem, "name": release.name}
    more = {} if token is None else {"page_token": token}
    return {"package": package, "version": release.version, **more}


def _read(result: object, service: str) -> tuple[list[str], str | None]:
    """The ids in one result, and the token of its next page."""
    told = result if isinstance(result, Mapping) else None
    named = told.get("vulns", []) if told is not None else None
    token = told.get("next_page_token") if told is not None else None
    if not isinstance(named, list) or not (token is None or isinstance(token, str)):
        raise CouldNotLook(f"{service} answers a question with something that is no result")
    ids = [each.get("id") if isinstance(each, Mapping) else None for each in named]
    if not all(isinstance(each, str) and each for each in ids):
        raise CouldNotLook(f"{service} names an advisory without an id")
    return [str(each) for each in ids], token or None
