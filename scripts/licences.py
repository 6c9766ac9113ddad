"""By which licence a library comes, from what it says of itself."""

from importlib.metadata import Distribution

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.license import DisjunctiveLicense, License

_CLASSIFIER = "License :: OSI Approved :: "
_IDS = {
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ISC License (ISCL)": "ISC",
}
"""Classifiers that mean one licence of the SPDX list. "BSD License" means any of several and stays a name."""


class NoLicence(Exception):
    """A library says nothing of its licence; the message names it."""


def licence_of_text(text: str) -> License:
    """An identifier or an expression of the SPDX list where the text is one, else a licence of that name."""
    return LicenseFactory().make_from_string(text)


def licence_of(installed: Distribution) -> list[License]:
    """What a library's metadata say: the expression, else a short text that is one, else classifiers, else the text.

    Raises:
        NoLicence: they say nothing.
    """
    told = installed.metadata
    if "License-Expression" in told:
        return [licence_of_text(told["License-Expression"])]
    text = " ".join(told["License"].strip().partition("\n\n")[0].split()) if "License" in told else ""
    short = licence_of_text(text) if text else None
    if short is not None and not _is_a_name(short):
        return [short]
    classifiers = told.get_all("Classifier") or ()
    named = [each.removeprefix(_CLASSIFIER) for each in classifiers if each.startswith(_CLASSIFIER)]
    if named:
        return [licence_of_text(_IDS.get(each, each)) for each in named]
    if short is not None:
        return [short]
    raise NoLicence(f"{installed.name} {installed.version} does not say by which licence it comes")


def _is_a_name(licence: License) -> bool:
    return isinstance(licence, DisjunctiveLicense) and licence.id is None
