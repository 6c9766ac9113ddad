"""Look up what is publicly known against everything that is pinned, for whichever machine it is pinned.

`python -m scripts.audit --day 2026-11-23` ends with 0 when nothing is known, 1 when something is or
requirements/accepted.toml is not in order, 2 for wrong usage, and 3 when it could not look: that is not good news.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from scripts.accepted import Accepted, NotAccepted, accepted
from scripts.advisories import SERVICE, CouldNotLook, Release, known_against
from scripts.pins import FOLDER, NoLock, pins_of
from scripts.vendor import FILES

CLEAN, FOUND, NOT_LOOKED = 0, 1, 3


def pinned(folder: Path = FOLDER) -> dict[Release, tuple[str, ...]]:
    """Every release that a lock file of the folder or scripts/vendor.py pins, and which of them do.

    Raises:
        NoLock: there is none, or one is damaged.
    """
    locks = sorted(folder.glob("*.txt"))
    if not locks:
        raise NoLock(f"{folder} holds no lock file")
    places: dict[Release, tuple[str, ...]] = {}
    for lock in locks:
        for pin in pins_of(lock):
            release = Release("PyPI", pin.name, pin.version)
            places[release] = (*places.get(release, ()), lock.name)
    return places | {Release("npm", each.package, each.version): ("scripts/vendor.py",) for each in FILES}


def _told(
    places: Mapping[Release, Sequence[str]], known: Mapping[Release, Sequence[str]], passed_over: Sequence[Accepted]
) -> list[str]:
    """A line for each advisory that nobody has accepted, and for each acceptance that has become needless."""
    lines, used = [], set()
    for release in sorted(known):
        for advisory in known[release]:
            match = next((each for each in passed_over if (each.id, each.package) == (advisory, release.name)), None)
            if match is None:
                where = ", ".join(places[release])
                lines.append(f"{release} in {where}: {advisory}, https://osv.dev/vulnerability/{advisory}")
            else:
                used.add(match)
    needless = [each for each in passed_over if each not in used]
    return lines + [f"{each.id} against {each.package} is accepted and no longer known: drop it" for each in needless]


def main(arguments: list[str]) -> int:
    """The exit code, as above; findings on standard output, reasons for not looking on standard error."""
    parser = argparse.ArgumentParser(prog="python -m scripts.audit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="today, by which acceptances have ended")
    parser.add_argument("--locks", type=Path, default=FOLDER, help="folder of lock files")
    parser.add_argument("--accepted", type=Path, default=FOLDER / "accepted.toml", help="what is passed over")
    parser.add_argument("--service", default=SERVICE, help=f"address of the batch query, {SERVICE} if not said")
    told = parser.parse_args(arguments)
    try:
        places = pinned(told.locks)
        passed_over = accepted(told.accepted, told.day)
        known = known_against(sorted(places), told.service)
    except NotAccepted as error:
        print(error, file=sys.stderr)
        return FOUND
    except (CouldNotLook, NoLock) as error:
        print(f"Nothing was looked up, and nothing is known to be clean: {error}", file=sys.stderr)
        return NOT_LOOKED
    lines = _told(places, known, passed_over)
    for line in lines:
        print(line)
    for each in passed_over:
        print(f"passed over until {each.until}: {each.id} against {each.package}: {each.reason}")
    print(f"{len(places)} pinned versions looked up at {told.service}: {'see above' if lines else 'nothing is known'}")
    return FOUND if lines else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
