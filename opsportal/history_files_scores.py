"""The trends.json of the first portal: a score a queue and day, as `{day: {queue: {score, …}}}` or a list."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from opsportal.history_files import Entry, FileUnusable, NotPlaceable, Reader, Told, Unplaced, shown
from servicelevel.policy import Queue
from servicelevel.snapshot import Snapshot

FIELDS: Final = ("date", "queue", "score")
LARGEST_BYTES: Final = 64 << 20
_SHAPES: Final = (
    "It has to be JSON Lines that `opsportal history export` wrote, {day: {queue: {score}}}, or a list of "
    "{date, queue, score}."
)


class _Object(NamedTuple):
    """A JSON object with every pair that was written, so that none is lost where a name stands twice."""

    pairs: tuple[tuple[str, Any], ...]


class _Written(NamedTuple):
    """An entry before it is judged."""

    place: str
    day: Any
    queue: Any
    fields: Any


def scores(file: Path, reader: Reader) -> tuple[int, Iterator[Told]]:
    """How many entries a file has, and each of them judged.

    Raises:
        FileUnusable: it cannot be read, or has neither shape.
    """
    written = list(_written(_document(file), file, reader))
    if not written:
        raise FileUnusable(f"{file} has no entry. {_SHAPES}")
    return len(written), (each if isinstance(each, Unplaced) else _told(each, reader) for each in written)


def _document(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise FileUnusable(f"{file} is larger than {LARGEST_BYTES >> 20} MB. Import it in parts.")
        return json.loads(file.read_bytes().decode("utf-8-sig"), object_pairs_hook=lambda pairs: _Object(tuple(pairs)))
    except OSError as error:
        raise FileUnusable(f"{file} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError as error:
        raise FileUnusable(f"{file} is no UTF-8 text: byte {error.start} cannot be read. {_SHAPES}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileUnusable(f"{file} is no JSON: {error.msg} at {where}. {_SHAPES}") from None
    except (RecursionError, ValueError):
        raise FileUnusable(f"{file} is no JSON that can be read: it nests too deep or has a number too long.") from None


def _written(document: Any, file: Path, reader: Reader) -> Iterator[_Written | Unplaced]:
    if isinstance(document, _Object):
        for day, queues in document.pairs:
            if not isinstance(queues, _Object):
                yield Unplaced(shown(day), f"is {shown(queues)}; queues with their scores are expected")
                continue
            for queue, fields in queues.pairs:
                yield _Written(f"{shown(day)} → {shown(queue)}", day, queue, fields)
    elif isinstance(document, list):
        for at, fields in enumerate(document, 1):
            yield _of_list(f"entry {at}", fields, reader)
    else:
        raise FileUnusable(f"{file} holds {shown(document)}. {_SHAPES}")


def _of_list(place: str, fields: Any, reader: Reader) -> _Written | Unplaced:
    try:
        day, queue = (_field(fields, name, reader) for name in ("date", "queue"))
    except NotPlaceable as reason:
        return Unplaced(place, str(reason))
    return _Written(place, day, queue, fields)


def _told(written: _Written, reader: Reader) -> Told:
    try:
        queue = reader.queue(written.queue)
        day = reader.day(written.day, queue)
        score = _score(_field(written.fields, "score", reader))
        reader.first_told(queue, day, written.place)
    except NotPlaceable as reason:
        return Unplaced(written.place, str(reason))
    return Entry(written.place, _snapshot(queue, day, score, reader))


def _field(fields: Any, name: str, reader: Reader) -> Any:
    if not isinstance(fields, _Object):
        raise NotPlaceable(f"is {shown(fields)}; an object with a {name} is expected")
    found = [(written, value) for written, value in fields.pairs if reader.names.here(written) == name]
    if not found:
        given = ", ".join(shown(written) for written, _ in fields.pairs[:6]) or "nothing"
        raise NotPlaceable(f"has no {name}, but {given}; if one of these is it, add --map OLD={name}")
    if len(found) > 1:
        raise NotPlaceable(f"has its {name} {len(found)} times")
    return found[0][1]


def _score(value: Any) -> float:
    if value is None:
        raise NotPlaceable("has no score: it is null")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NotPlaceable(f"the score is {shown(value)}, which is no number")
    if not (isinstance(value, int) or math.isfinite(value)) or not 0 <= value <= 100:
        raise NotPlaceable(f"the score is {shown(value)}; scores go from 0 to 100")
    return float(value)


def _snapshot(queue: Queue, day: Any, score: float, reader: Reader) -> Snapshot:
    """A day that knows its score and nothing of what it was made of: neither definition, engine nor window."""
    return Snapshot(queue.id, day, reader.now(), "import", "", "", 0, score, coverage=0.0, complete=True)
