"""`python -m tests.bench [LINE …]`: measure, print each line's ratio, goal and verdict, and fail on a miss."""

import sys
from collections.abc import Callable, Iterator

from tests.bench import (
    answers,
    business_time,
    callbacks,
    cold_read,
    cycle,
    decoding,
    history,
    image,
    memory,
    rollup,
    throttling,
    warm_refresh,
    weight,
)
from tests.bench.measuring import Line

BENCHES: dict[str, Callable[[], Iterator[Line]]] = {
    "business-time": business_time.lines,
    "decoding": decoding.lines,
    "rollup": rollup.lines,
    "memory": memory.lines,
    "cold-read": cold_read.cloud,
    "cold-read-datacenter": cold_read.data_center,
    "warm-refresh": warm_refresh.lines,
    "throttling": throttling.lines,
    "callbacks": callbacks.lines,
    "cycle": cycle.lines,
    "answers": answers.lines,
    "weight": weight.lines,
    "history": history.lines,
    "image": image.lines,
}


def main(names: list[str]) -> int:
    """Measure the named lines, all by default; 1 when a goal is missed, 2 for a name that does not exist."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"No such line: {', '.join(unknown)}. There are {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    missed = 0
    for name in names or BENCHES:
        for line in BENCHES[name]():
            print(line, flush=True)
            missed += not line.holds
    print(f"{missed} missed" if missed else "every goal is reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
