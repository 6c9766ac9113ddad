"""The registry in a file."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from datasource.registry.errors import RegistryInvalid, RegistryMissing, RegistryUnreadable
from datasource.registry.file import FileRegistry
from servicelevel.errors import PortalError
from tests.unit.datasource.registry.examples import changed, parsed, registry

_NOON_S = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())


def _write(path: Path, value: Any, at_s: int = _NOON_S) -> None:
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    os.utime(path, (at_s, at_s))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a registry that is right, written at noon."""
    file = tmp_path / "queue_registry.json"
    _write(file, registry())
    return file


def test_a_file_is_read(path: Path) -> None:
    """Its policy is the one of its text."""
    assert FileRegistry(path).read() == parsed(registry())


def test_a_missing_file_says_where_it_was_looked_for_and_what_to_do(tmp_path: Path) -> None:
    """The message names the path, the setting, the guide and the demo."""
    path = tmp_path / "queue_registry.json"
    for read in (FileRegistry(path).read, FileRegistry(path).current):
        with pytest.raises(RegistryMissing) as raised:
            read()
        assert isinstance(raised.value, PortalError)
        for piece in (str(path), "QUEUE_REGISTRY", "docs/registry.md", "opsportal demo"):
            assert piece in str(raised.value)


def test_what_is_no_file_is_unreadable(tmp_path: Path) -> None:
    """A folder, or a pipe that nobody writes to, is no registry and no reason to wait."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    for path in (tmp_path, pipe):
        with pytest.raises(RegistryUnreadable, match="not a file"):
            FileRegistry(path).read()


def test_the_error_lists_every_problem_on_a_line_of_its_own(path: Path) -> None:
    """The path of the file stands on the first line."""
    _write(path, changed("queues", 0, "id", to="A B") | {"version": 3})
    with pytest.raises(RegistryInvalid) as raised:
        FileRegistry(path).read()
    first, *others = str(raised.value).splitlines()
    assert str(path) in first
    assert [line.split(":")[0].strip() for line in others] == ["version", "queues[0].id"]


def test_a_changed_file_is_read_again(path: Path) -> None:
    """The new version is in force, with the time it was written."""
    file = FileRegistry(path)
    assert file.current().changed_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    _write(path, changed("queues", 0, "name", to="Help Desk"), _NOON_S + 60)
    reading = file.current()
    assert reading.policy.queues[0].name == "Help Desk"
    assert (reading.changed_at, reading.problems) == (datetime(2026, 11, 23, 12, 1, tzinfo=UTC), ())


def test_a_change_of_size_within_the_same_instant_is_seen(path: Path) -> None:
    """Some file systems keep whole seconds only."""
    file = FileRegistry(path)
    file.current()
    _write(path, changed("queues", 0, "name", to="Help Desk of us all"))
    assert file.current().policy.queues[0].name == "Help Desk of us all"


def test_an_unchanged_file_is_not_read_again(path: Path) -> None:
    """The very same reading is handed out."""
    file = FileRegistry(path)
    first = file.current()
    text = path.read_text(encoding="utf-8").replace("Service Desk", "Sirvice Desk")
    _write(path, text)
    assert file.current() is first


@pytest.mark.parametrize(
    ("broken", "piece"),
    [("{", "line 1"), (changed("queues", 0, "calendar", to="x"), "queues[0].calendar"), (None, "nothing at")],
    ids=["no JSON", "no registry", "no file"],
)
def test_a_broken_version_leaves_the_last_good_one_in_force(path: Path, broken: Any, piece: str) -> None:
    """The problems stand beside the policy until the file is mended."""
    file = FileRegistry(path)
    good = file.current()
    if broken is None:
        path.unlink()
    else:
        _write(path, broken, _NOON_S + 60)
    reading = file.current()
    assert (reading.policy, reading.changed_at) == (good.policy, good.changed_at)
    assert any(piece in str(problem) for problem in reading.problems)
    assert file.current() is reading
    _write(path, registry(), _NOON_S + 120)
    assert file.current().problems == ()


def test_a_first_version_that_is_broken_raises_until_it_is_mended(path: Path) -> None:
    """Without a good version there is nothing to go on with."""
    _write(path, "{")
    file = FileRegistry(path)
    for _ in range(2):
        with pytest.raises(RegistryUnreadable):
            file.current()
    _write(path, registry())
    assert file.current().policy == parsed(registry())


def test_threads_share_one_reading(path: Path) -> None:
    """Eight at once get the same object."""
    file = FileRegistry(path)
    with ThreadPoolExecutor(8) as threads:
        readings = list(threads.map(lambda _: file.current(), range(32)))
    assert all(reading is readings[0] for reading in readings)
