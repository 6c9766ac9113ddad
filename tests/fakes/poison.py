"""What somebody may lay where the portal keeps its values: objects that act when they are loaded, and broken values."""

import marshal
import os
import pickle
import random
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opsportal.encoding import MAGIC

WATCH: Final = """
import os, sys

def _watch(event, args):
    if event.startswith(("pickle.", "marshal.load")):
        frame = sys._getframe()
        while frame is not None:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap_external>":
                return  # modules themselves are loaded like that
            frame = frame.f_back
        descriptor = os.open(os.environ["WATCHED_IN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{event}\\n".encode())
        os.close(descriptor)

sys.addaudithook(_watch)
"""
"""A `sitecustomize.py` that notes each object loaded by means that can run something, in the file WATCHED_IN."""


class Bomb:
    """Leaves a file behind when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """How pickle makes it again."""
        return os.system, (f"touch {self._trace}",)


def bombs(trace: Path) -> list[bytes]:
    """Objects that leave a trace when they are loaded, in all the forms there are, and as the portal's own begin."""
    pickled = [pickle.dumps(Bomb(trace), protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    code = marshal.dumps(compile(f"import os; os.system('touch {trace}')", "x", "exec"))
    plain = [*pickled, code]
    return plain + [MAGIC + each for each in plain] + [zlib.compress(each) for each in plain] + [b"!" + pickled[-1]]


def poison(value: bytes, trace: Path, chance: random.Random) -> bytes:
    """Something else in the place of a value: an object, the value broken, or what is of no kind."""
    turn = chance.randrange(6)
    if turn == 0:
        return chance.choice(bombs(trace))
    if turn == 1:
        cut = chance.randrange(len(value) + 1)
        return value[:cut] + chance.choice((b"", chance.choice(bombs(trace))))
    if turn == 2:
        return _flipped(value, chance)
    if turn == 3:
        return _flipped(value[:64], chance) + value[64:]
    if turn == 4:
        return chance.randbytes(chance.randrange(200))
    odd: Sequence[bytes] = (
        b"",
        b"{}",
        b"null",
        b"\x80",
        b"\x93\x01\x02\x03",
        b"[" * 10_000,
        b"\xff" * 70_000,
        b"0",
        b"None",
    )
    return chance.choice(odd)


def _flipped(value: bytes, chance: random.Random) -> bytes:
    turned = bytearray(value)
    for _ in range(min(len(turned), 1 + chance.randrange(8))):
        turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(8)
    return bytes(turned)
