"""History as JSON Lines: one whole snapshot a line, so that what is exported comes back as it was."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from opsportal.history_files import Entry, FileUnusable, NotPlaceable, Reader, Told, Unplaced, shown
from servicelevel.instants import DAY_MS
from servicelevel.snapshot import Snapshot

FORMAT: Final = "opsportal.history/1"
LONGEST_LINE: Final = 1 << 20
"""Bytes; a day of a queue with hundred priorities is a fiftieth of it."""

_FAMILY: Final = FORMAT.partition("/")[0]
_LATEST_MS: Final = 33_000 * DAY_MS


class _Head(msgspec.Struct):
    format: str


def line(snapshot: Snapshot) -> bytes:
    """A snapshot as one line with its end."""
    fields: dict[str, Any] = msgspec.to_builtins(snapshot)
    return msgspec.json.encode({"format": FORMAT, **fields}) + b"\n"


def is_lines(file: Path) -> bool:
    """Whether the first line that is not empty is one of these.

    Raises:
        FileUnusable: it cannot be read, is empty, or was written by another version of the portal.
    """
    with _opened(file) as stream:
        first = next((text for _, text in _lines(stream) if text.strip()), None)
    if first is None:
        raise FileUnusable(f"{file} is empty.")
    try:
        found = msgspec.json.decode(first, type=_Head).format
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if found.startswith(_FAMILY) and found != FORMAT:
        raise FileUnusable(f"{file} is written as {shown(found)}; this version of the portal reads {FORMAT}.")
    return found == FORMAT


def lines(file: Path, reader: Reader) -> tuple[int, Iterator[Told]]:
    """How many lines a file has, and each of them judged as it is read.

    Raises:
        FileUnusable: it cannot be read.
    """
    with _opened(file) as stream:
        count = sum(1 for _, text in _lines(stream) if text.strip())
    return count, _told(file, reader)


def _told(file: Path, reader: Reader) -> Iterator[Told]:
    with _opened(file) as stream:
        for number, text in _lines(stream):
            if not text.strip():
                continue
            place = f"line {number}"
            try:
                yield Entry(place, _snapshot(text, place, reader))
            except NotPlaceable as reason:
                yield Unplaced(place, str(reason))


def _snapshot(text: bytes, place: str, reader: Reader) -> Snapshot:
    if len(text) > LONGEST_LINE:
        raise NotPlaceable(f"has more than {LONGEST_LINE} bytes")
    try:
        head = msgspec.json.decode(text, type=_Head).format
        if head != FORMAT:
            raise NotPlaceable(f"is written as {shown(head)}, not as {FORMAT}")
        told = msgspec.json.decode(text, type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotPlaceable(f"is no whole snapshot: {error}") from None
    queue = reader.queue(told.queue)
    day = reader.day(told.day.isoformat(), queue)
    _check(told)
    reader.first_told(queue, day, place)
    return replace(told, queue=queue.id)


def _check(told: Snapshot) -> None:
    if told.score is not None and not 0 <= told.score <= 100:
        raise NotPlaceable(f"the score is {shown(told.score)}; scores go from 0 to 100")
    if not 0 <= told.coverage <= 1:
        raise NotPlaceable(f"the coverage is {shown(told.coverage)}; it goes from 0 to 1")
    if not 0 <= told.taken_at <= _LATEST_MS:
        raise NotPlaceable(f"it was taken at {shown(told.taken_at)}, which is no instant of these times")
    if (name := _negative(msgspec.to_builtins(told), "")) is not None:
        raise NotPlaceable(f"{name} is less than nothing")


def _negative(value: Any, name: str) -> str | None:
    """The path of a number below zero; nothing that is counted, booked or contributed can be."""
    if isinstance(value, Mapping):
        inside = ((each, f"{name}.{key}" if name else str(key)) for key, each in value.items())
    elif isinstance(value, (list, tuple)):
        inside = ((each, f"{name}[{at}]") for at, each in enumerate(value))
    else:
        return name if isinstance(value, (int, float)) and value < 0 else None
    return next((found for each, path in inside if (found := _negative(each, path)) is not None), None)


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise FileUnusable(f"{file} cannot be read: {error.strerror or error}.") from None


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; of one that is too long as much as shows that it is."""
    number, goes_on = 0, False
    while text := stream.readline(LONGEST_LINE + 1):
        if not goes_on:
            number += 1
            yield number, text.removeprefix(b"\xef\xbb\xbf") if number == 1 else text
        goes_on = not text.endswith(b"\n")
