"""Decoders are made by one thread at a time, since several at once end the process."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

MANY_AT_ONCE = """
import sys, threading
import msgspec
from datasource.decoding import decoder, new_decoder

sys.setswitchinterval(1e-6)
body = b'{"b0": [{"a1": 1}], "b9": [{"a3": 1}]}'
for number in range(300):
    inner = msgspec.defstruct("Inner", [(f"a{n}", int | None, None) for n in range(10)])
    outer = msgspec.defstruct("Outer", [(f"b{n}", list[inner] | None, None) for n in range(10)])
    begin, read = threading.Barrier(4), []

    def go(make):
        begin.wait()
        read.append(make(outer).decode(body).b0[0].a1)

    threads = [threading.Thread(target=go, args=(make,)) for make in (decoder, new_decoder, decoder, new_decoder)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [1, 1, 1, 1], number
print("all read")
"""


def test_threads_that_meet_a_form_at_once_all_read_it() -> None:
    """Each of 300 forms by four threads that are made to take turns at every step."""
    ended = subprocess.run(
        [sys.executable, "-c", MANY_AT_ONCE], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert (ended.returncode, ended.stdout) == (0, "all read\n"), ended.stderr
