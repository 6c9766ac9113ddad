"""`python -m tests.soak [--minutes N] [--seed N]`: 1 when a claim is broken, else 0."""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.rhythm import Rhythm
from tests.soak.soak import soak


def main(words: list[str]) -> int:
    """Soak as long as the words say."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--minutes", type=int, default=30, help="how many minutes (30)")
    options.add_argument("--minute-s", type=float, default=60.0, help="seconds that count as a minute (60)")
    options.add_argument("--rate", type=float, default=30.0, help="requests a second (30)")
    options.add_argument("--seed", type=int, default=20261124, help="decides faults and requests (20261124)")
    options.add_argument("--folder", type=Path, help="an empty folder that keeps the portal's log (a passing one)")
    given = options.parse_args(words)
    rhythm = Rhythm(given.minutes, given.minute_s, given.rate)
    began = time.monotonic()
    print(
        f"{rhythm.minutes} minutes of {rhythm.minute_s:g} s at {rhythm.rate:g} requests a second, seed {given.seed}",
        flush=True,
    )
    with TemporaryDirectory(prefix="soak-") as passing:
        folder = given.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        claims = soak(rhythm, given.seed, folder, lambda line: print(line, flush=True))
    print("\n".join(["", *claims.lines(), "", f"It took {time.monotonic() - began:.0f} s."]), flush=True)
    return 0 if claims.all_hold else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
