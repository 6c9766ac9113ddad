"""The audit: what it says and how it ends, with a made-up database of advisories behind a real connection."""

import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.advisories import KNOWN_BAD
from scripts.audit import CLEAN, FOUND, NOT_LOOKED, main, pinned
from scripts.pins import ROOT
from tests.fakes.local_server import Asked, Reply, serving

DAY = "2026-11-23"
HASH = "0" * 64
LOCK = f"""# Written by hand
left-pad==1.3.0 \\
    --hash=sha256:{HASH}
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:{HASH}
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:{HASH} \\
    --hash=sha256:{"1" * 64}
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{HASH}
"""
BAD = {(bad.name, bad.version): ["GHSA-of-old"] for bad in KNOWN_BAD}
Advisories = Mapping[tuple[str, str], list[str]]
Audit = Callable[..., int]


class Database:
    """Answers as osv.dev does: of each package and version the ids of its advisories, a few to a page."""

    def __init__(self, known: Advisories, page: int = 100) -> None:
        self.known, self._page = {**BAD, **known}, page
        self.asked: list[dict[str, Any]] = []

    def __call__(self, asked: Asked) -> Reply:
        """One batch."""
        questions = json.loads(asked.body)["queries"]
        self.asked += questions
        return Reply(json.dumps({"results": [self._result(each) for each in questions]}).encode())

    def _result(self, question: dict[str, Any]) -> dict[str, Any]:
        ids = self.known.get((question["package"]["name"], question["version"]), [])
        start = int(question.get("page_token", 0))
        shown = [{"id": each, "modified": "2026-01-01T00:00:00Z"} for each in ids[start : start + self._page]]
        more = {"next_page_token": str(start + self._page)} if start + self._page < len(ids) else {}
        return {**({"vulns": shown} if shown else {}), **more}


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    """A folder with one lock file and nothing that is accepted."""
    folder = tmp_path / "locks"
    folder.mkdir()
    (folder / "runtime.txt").write_text(LOCK, encoding="utf-8")
    (folder / "accepted.toml").write_text("", encoding="utf-8")
    return folder


@pytest.fixture
def audit(locks: Path) -> Callable[[Callable[[Asked], Reply]], int]:
    """Run the command before somebody who answers."""

    def run(answering: Callable[[Asked], Reply]) -> int:
        with serving(answering) as server:
            return _run(locks, server.url)

    return run


def _run(locks: Path, service: str) -> int:
    words = ["--day", DAY, "--locks", str(locks), "--accepted", str(locks / "accepted.toml"), "--service", service]
    return main(words)


def _accept(locks: Path, **fields: str) -> None:
    entry = {"id": '"GHSA-1"', "package": '"left-pad"', "reason": f'"{"it is never given what people wrote, " * 2}"'}
    entry |= {"until": "2027-01-31", **fields}
    lines = [f"{name} = {value}" for name, value in entry.items() if value]
    (locks / "accepted.toml").write_text("\n".join(["[[accepted]]", *lines]), encoding="utf-8")


def test_nothing_known_is_clean(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    """Every version was asked about once, those for other machines and the scripts from npm too."""
    database = Database({})

    assert audit(database) == CLEAN
    asked = {(each["package"]["ecosystem"], each["package"]["name"], each["version"]) for each in database.asked}
    assert {("PyPI", "left-pad", "1.3.0"), ("PyPI", "numpy", "2.4.6"), ("PyPI", "numpy", "2.5.5")} <= asked
    assert {("PyPI", "colorama", "0.4.6"), ("npm", "axe-core", "4.14.1")} <= asked
    assert len(database.asked) == len(asked)
    assert "6 pinned versions looked up" in capsys.readouterr().out


def test_an_advisory_fails_it(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    """With the version, the lock file and where to read more, on whichever page it comes."""
    database = Database({("numpy", "2.5.5"): ["PYSEC-1", "GHSA-2", "GHSA-3"]}, page=1)

    assert audit(database) == FOUND
    said = capsys.readouterr().out
    for each in ("PYSEC-1", "GHSA-2", "GHSA-3"):
        assert f"numpy 2.5.5 (PyPI) in runtime.txt: {each}, https://osv.dev/vulnerability/{each}\n" in said


def test_an_advisory_of_another_version_is_none_of_ours(audit: Audit) -> None:
    """Only what is pinned counts."""
    assert audit(Database({("numpy", "1.0"): ["GHSA-1"]})) == CLEAN


def test_nobody_there_is_not_clean(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Offline it fails and says that it could not look."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert _run(locks, f"http://127.0.0.1:{probe.getsockname()[1]}/") == NOT_LOOKED

    assert "Nothing was looked up, and nothing is known to be clean" in capsys.readouterr().err


def _without_known_bad(asked: Asked) -> Reply:
    return Reply(json.dumps({"results": [{} for _ in json.loads(asked.body)["queries"]]}).encode())


def _for_ever(asked: Asked) -> Reply:
    result = {"vulns": [{"id": "GHSA-1"}], "next_page_token": "again"}
    return Reply(json.dumps({"results": [result for _ in json.loads(asked.body)["queries"]]}).encode())


def _each(result: object) -> Callable[[Asked], Reply]:
    return lambda asked: Reply(json.dumps({"results": [result for _ in json.loads(asked.body)["queries"]]}).encode())


@pytest.mark.parametrize(
    "answering",
    [
        _without_known_bad,
        _for_ever,
        lambda _: Reply(b"{}"),
        lambda _: Reply(b"[]"),
        lambda _: Reply(b"null"),
        lambda _: Reply(b""),
        lambda _: Reply(b"<html>Please log in to this network</html>", 200, {"Content-Type": "text/html"}),
        lambda _: Reply(b'{"results": {}}'),
        lambda _: Reply(b'{"results": []}'),
        lambda _: Reply(b'{"results": [{"vulns": [{"id": "GHSA-of-old"}]}]}'),
        _each(None),
        _each({"vulns": "none"}),
        _each({"vulns": ["GHSA-1"]}),
        _each({"vulns": [{}]}),
        _each({"vulns": [{"id": "GHSA-1"}], "next_page_token": 7}),
        lambda _: Reply(b'{"results": [{"vulns":', cut=True),
        lambda _: Reply(b"{}", 302, {"Location": "http://127.0.0.1:9/"}),
        lambda _: Reply(b"{}", 403),
        lambda _: Reply(b"{}", 500),
    ],
    ids=[
        *("knows-nothing", "endless", "object", "list", "null", "empty", "portal-of-a-network", "no-list", "too-few"),
        *("one-of-many", "no-result", "text", "texts", "no-id", "odd-token", "cut", "redirect", "refused", "broken"),
    ],
)
def test_an_answer_that_proves_nothing_is_not_clean(
    answering: Callable[[Asked], Reply], audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever comes in its place: only a service that knows what everybody knows is believed."""
    assert audit(answering) == NOT_LOOKED
    assert "nothing is known to be clean" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "numpy>=2\n", "numpy==2.5.5\n", "numpy==2.5.5 \\\n    --hash=md5:0"]
)
def test_a_lock_that_pins_nothing_is_not_clean(text: str, locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read was not looked up."""
    (locks / "runtime.txt").write_text(text, encoding="utf-8")

    with serving(Database({})) as server:
        assert _run(locks, server.url) == NOT_LOOKED
    assert "runtime.txt" in capsys.readouterr().err


def test_a_folder_without_locks_is_not_clean(locks: Path) -> None:
    """As if somebody had looked in the wrong place."""
    (locks / "runtime.txt").unlink()

    with serving(Database({})) as server:
        assert _run(locks, server.url) == NOT_LOOKED


def test_an_accepted_advisory_is_passed_over_until_its_day(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And is told each time, with its reason."""
    _accept(locks, until="2026-11-23")

    with serving(Database({("left-pad", "1.3.0"): ["GHSA-1"]})) as server:
        assert _run(locks, server.url) == CLEAN
    assert "passed over until 2026-11-23: GHSA-1 against left-pad: it is never given" in capsys.readouterr().out


def test_an_acceptance_is_for_one_advisory_against_one_package(locks: Path) -> None:
    """Another against the same package, and the same against another, are news."""
    _accept(locks)

    with serving(Database({("left-pad", "1.3.0"): ["GHSA-1", "GHSA-2"]})) as server:
        assert _run(locks, server.url) == FOUND
    with serving(Database({("left-pad", "1.3.0"): ["GHSA-1"], ("numpy", "2.4.6"): ["GHSA-1"]})) as server:
        assert _run(locks, server.url) == FOUND


def test_an_acceptance_of_what_is_not_known_any_more_is_told(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So that the file stays short and true."""
    _accept(locks)

    with serving(Database({})) as server:
        assert _run(locks, server.url) == FOUND
    assert "GHSA-1 against left-pad is accepted and no longer known: drop it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"until": "2026-11-22"}, "GHSA-1 was accepted until 2026-11-22; update left-pad or decide anew"),
        ({"until": "2027-05-23"}, "more than 180 days away"),
        ({"until": '"next year"'}, "expected a day as until"),
        ({"until": "2027-01-31T00:00:00Z"}, "expected a day as until"),
        ({"until": ""}, "expected id, package, reason, until and nothing else"),
        ({"reason": '"later"'}, "expected a reason that another person can judge"),
        ({"reason": ""}, "expected id, package, reason, until and nothing else"),
        ({"id": '""'}, "expected a text as id"),
        ({"package": "7"}, "expected a text as package"),
        ({"severity": '"low"'}, "expected id, package, reason, until and nothing else"),
    ],
)
def test_an_acceptance_needs_a_reason_and_an_end(
    fields: dict[str, str], said: str, locks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without either nothing is passed over and nobody is asked."""
    _accept(locks, **fields)

    with serving(Database({("left-pad", "1.3.0"): ["GHSA-1"]})) as server:
        assert _run(locks, server.url) == FOUND
        assert server.asked == []
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[[accepted]", "[other]\n", "accepted = 7\n", "accepted = [7]\n"])
def test_acceptances_that_cannot_be_read_fail_it(text: str, locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rather than count as none."""
    (locks / "accepted.toml").write_text(text, encoding="utf-8")

    with serving(Database({})) as server:
        assert _run(locks, server.url) == FOUND
    assert "accepted.toml" in capsys.readouterr().err


def test_every_lock_of_the_project_is_looked_up() -> None:
    """As many as there are, with the scripts from npm; each can be read."""
    places = {place for names in pinned().values() for place in names}

    assert places == {path.name for path in (ROOT / "requirements").glob("*.txt")} | {"scripts/vendor.py"}
    assert "runtime.txt" in places
