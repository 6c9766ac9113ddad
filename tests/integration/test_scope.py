"""What somebody may not see is in no answer whatever is asked, and what they may see is what everybody sees of it."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest

from dashboard.api.operations import OPERATIONS
from dashboard.exports import PAGES_OF
from opsportal.identity import Identity
from opsportal.trends import Trends
from tests.fakes.failing_history import FailingHistory
from tests.fakes.menagerie import WORDS, menagerie, person_of
from tests.fakes.walking import OTHERS, PLAIN, Question, Walk, addresses, api, files

QUOKKA: Final = frozenset({"quokka-desk"})
VIEWER: Final = Identity("person", "vera", "viewer")
LEAD: Final = Identity("person", "lena", "lead")
ADMIN: Final = Identity("person", "ada", "admin")
PROGRAM: Final = Identity("api", "t1", "viewer", QUOKKA)
EMBEDDED: Final = Identity("embed", "t2", "viewer", QUOKKA, origin="https://host.invalid")
WALL: Final = Identity("kiosk", "t3", "viewer", QUOKKA)
LOST: Final = Identity("api", "t4", "viewer", frozenset({"renamed-since"}))
NOT_SHOWN: Final = re.compile("|".join(WORDS[1:]), re.IGNORECASE)
NAMES: Final = re.compile("ornitho", re.IGNORECASE)
OWN_MATTERS: Final = re.compile("heffalump|woozle", re.IGNORECASE)
MADE_UP: Final = {"numbat": "numbax", "cuscus": "cuscux"}
"""Queues that do not exist, as like to those that are seen as those that are not."""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The application, whose registry lets names be seen."""
    return Walk(menagerie(tmp_path_factory.mktemp("names")))


@pytest.fixture(scope="module")
def veiled(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The same application, whose registry lets pseudonyms be seen."""
    return Walk(menagerie(tmp_path_factory.mktemp("pseudonyms"), "pseudonyms"))


def _everything(walk: Walk, word: str, name: str) -> Iterator[Question]:
    """Every question: without anything in it, and about the queue of a word and somebody of that name."""
    return chain(
        walk.pages((*PLAIN, *addresses(word, name))), files(None), files(word, name), api(None), api(word, name), OTHERS
    )


def _named(word: str) -> str:
    return person_of(word, "ana").name


def test_a_frame_and_a_wall_see_what_a_program_sees() -> None:
    """Of the same queues: what is found of the one holds for the others."""
    assert EMBEDDED.scope == WALL.scope == PROGRAM.scope


def test_nothing_of_other_queues_is_in_any_answer(walk: Walk) -> None:
    """Neither a name nor a key nor a word of any ticket, though somebody who sees them all has just asked the same."""
    good = 0
    for question in _everything(walk, "quokka", "nobody"):
        walk.ask(question)
        said = walk.ask(question, PROGRAM)
        assert not NOT_SHOWN.search(said.headers + said.body), (question, NOT_SHOWN.findall(said.body))
        good += said.status == 200 and "quokka" in said.body.lower()
    assert good > 60


@pytest.mark.parametrize("word", WORDS[1:])
def test_a_queue_that_is_not_seen_is_as_one_that_does_not_exist(walk: Walk, word: str) -> None:
    """Whoever asks for it by name, or for its tickets or its people, is told what they are told of one made up."""
    there, not_there = (_everything(walk, each, person_of(each, "ana").name) for each in (word, MADE_UP[word]))
    for question, made_up in zip(there, not_there, strict=True):
        walk.ask(question)
        said, of_none = walk.ask(question, PROGRAM), walk.ask(made_up, PROGRAM)
        assert _renamed(said.text, word, MADE_UP[word]) == of_none.text, question


def _renamed(text: str, word: str, other: str) -> str:
    for was, becomes in ((word, other), (word.upper(), other.upper()), (word.title(), other.title())):
        text = text.replace(was, becomes).replace(quote(was), quote(becomes))
    return text


@pytest.mark.parametrize("identity", [VIEWER, PROGRAM], ids=lambda each: each.kind)
def test_nobody_is_named_to_those_who_see_no_names(walk: Walk, identity: Identity) -> None:
    """No name and no account of an analyst, in whatever is shown, listed, drawn or exported."""
    pseudonyms = 0
    for question in _everything(walk, "quokka", "nobody"):
        walk.ask(question)
        said = walk.ask(question, identity)
        assert not NAMES.search(said.headers + said.body), question
        pseudonyms += "Analyst " in said.body
    assert pseudonyms > 10


def test_a_name_in_an_address_means_nobody_to_those_who_see_no_names(walk: Walk) -> None:
    """Of an analyst who is there a viewer learns what they learn of one who is not: not even that there is one."""
    real, made_up = person_of("quokka", "ana"), person_of("quokka", "zoe")
    for known, unknown in ((real.name, made_up.name), (real.id, made_up.id)):
        there = _everything(walk, "quokka", known)
        for question, other in zip(there, _everything(walk, "quokka", unknown), strict=True):
            walk.ask(question)
            said = _renamed(walk.ask(question, VIEWER).text, known, unknown)
            assert said == walk.ask(other, VIEWER).text, question


def test_a_viewer_sees_what_everybody_sees_where_the_registry_shows_pseudonyms(walk: Walk, veiled: Walk) -> None:
    """Every page, file and answer but those of the portal's own matters is the same to the last word."""
    for question in _everything(veiled, "quokka", "nobody"):
        if not _of_own_matters(question):
            assert walk.ask(question, VIEWER).text == veiled.ask(question).text, question


def _of_own_matters(question: Question) -> bool:
    """Whether it is about the Data page, of which administrators see more, or counts what was asked so far."""
    of_page = "data-head-title" in question.output or "data-answer" in question.output
    frame = question.output == "page.children" and '"/data"' in json.dumps(question.callback)
    others = question.address.startswith(("/export/sources", "/_dash-layout?pathname=/data", "/metrics"))
    return of_page or frame or others


def test_a_lead_and_an_admin_see_the_names_that_the_registry_lets_be_seen(walk: Walk, veiled: Walk) -> None:
    """All of it is theirs; where the registry shows pseudonyms or nobody, a role does not change that."""
    for question in _everything(walk, "quokka", _named("quokka")):
        everybody = walk.ask(question).text
        assert walk.ask(question, ADMIN).text == everybody, question
        if not _of_own_matters(question):
            assert walk.ask(question, LEAD).text == everybody, question
    for question in _everything(veiled, "quokka", "nobody"):
        assert not NAMES.search(veiled.ask(question, ADMIN).body), question


def test_where_the_registry_shows_nobody_no_role_does(tmp_path: Path) -> None:
    """`none` stays none: neither names nor pseudonyms, for whomever."""
    walk = Walk(menagerie(tmp_path, "none"))
    for question in chain(walk.pages([("/queue/quokka-desk", "?tickets=open:all"), ("/at-risk", "")]), api("quokka")):
        for identity in (VIEWER, LEAD, ADMIN):
            assert not re.search("ornitho|Analyst [0-9a-f]{6}", walk.ask(question, identity).body), question


def test_a_queue_is_the_same_whoever_looks(walk: Walk, veiled: Walk) -> None:
    """Who sees one queue is told the very numbers that those who see all of them are told of it."""
    everybody, program = _numbers(veiled, None), _numbers(walk, PROGRAM)

    for address in ("/api/queues/quokka-desk/data", "/api/queues/quokka-desk/tickets"):
        assert program(address) == everybody(address)
    for address, rows in (("/api/queues", "queues"), ("/api/queues/overview", "queues"), ("/api/at-risk", "due")):
        mine = [row for row in everybody(address)[rows] if "quokka" in json.dumps(row)]
        assert program(address)[rows] == mine
        assert mine
    (series,) = program("/api/trends")["queues"]
    assert series in everybody("/api/trends")["queues"]
    for table in PAGES_OF:
        if table != "sources":
            mine = _rows(walk, f"/export/{table}.csv?queue=quokka-desk", PROGRAM)
            assert mine == _rows(veiled, f"/export/{table}.csv?queue=quokka-desk", None)
            assert mine


def _numbers(walk: Walk, identity: Identity | None) -> Any:
    return lambda address: json.loads(walk.ask(Question(address), identity).body)


def _rows(walk: Walk, address: str, identity: Identity | None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(walk.ask(Question(address), identity).body)))


def test_what_queues_add_up_to_counts_those_that_are_seen(walk: Walk) -> None:
    """A team of two queues of which one is seen, and all queues, are that one; and the page says so."""
    ask = _numbers(walk, PROGRAM)
    queue, overview = ask("/api/queues/quokka-desk/data"), ask("/api/queues/overview")

    (team,) = ask("/api/teams")["teams"]
    assert team["queues"] == ["quokka-desk"]
    assert team["backlog"]["open"] == queue["flow"]["open"]
    assert overview["consolidated"]["health"]["score"] == queue["health"]["score"]
    assert overview["consolidated"]["worst"] == {"queue": "quokka-desk", "score": queue["health"]["score"]}
    pages = [walk.ask(question, PROGRAM).body for question in walk.pages([("/", "")])]
    assert any("queue that you see" in page for page in pages)


def test_a_token_of_no_queue_that_is_left_sees_nothing_and_breaks_nothing(walk: Walk) -> None:
    """Every question has an answer, and none of them holds anything of a queue."""
    for question in chain(walk.pages(PLAIN), files(None), api(None), OTHERS):
        said = walk.ask(question, LOST)
        assert said.status < 500, (question, said)
        assert not re.search("|".join(WORDS), said.body, re.IGNORECASE), question


@pytest.mark.parametrize("page", ["overview", "queue", "compare", "trends", "at-risk", "data"])
def test_only_the_pages_of_a_token_are_answered(walk: Walk, page: str) -> None:
    """The document of another page says so, its callbacks, files and operations are refused, and its numbers stay."""
    identity = replace(EMBEDDED, queues=None, views=frozenset({page}))
    for operation in OPERATIONS:
        said = walk.ask(Question(f"/api/{operation.path.format(id='quokka-desk')}"), identity)
        assert said.status == (200 if operation.page == page else 403), operation.id
        assert said.status == 200 or json.loads(said.body)["type"] == "/problems/not-yours"
    for table, pages in PAGES_OF.items():
        said = walk.ask(Question(f"/export/{table}.csv?queue=quokka-desk"), identity)
        assert said.status == (200 if page in pages else 403), table
    for path, of in _PATHS.items():
        for question in walk.pages([(path, "")]):
            said = walk.ask(question, identity)
            filled = re.match(r"\.\.(.+)-head-title\.", question.output)
            if question.callback is None:
                refused = "This page is not yours to see" in said.body
                assert question.address != path or said.status == (200 if of == page else 403)
                assert not question.address.startswith("/_dash-layout") or refused == (of != page), question
            elif filled is not None:
                assert said.status == (403 if filled[1] != page else 200 if of == page else 204), question.output


_PATHS: Final = {
    "/": "overview",
    "/queue/quokka-desk": "queue",
    "/compare": "compare",
    "/trends": "trends",
    "/at-risk": "at-risk",
    "/data": "data",
}


@pytest.mark.parametrize(
    ("page", "path", "status"),
    [
        ("overview", "/", 200),
        ("overview", "/queue/quokka-desk", 403),
        ("trends", "/trends", 403),
        ("trends", "/nothing-here", 403),
        ("queue", "/nothing-here", 200),
    ],
)
def test_tickets_open_over_pages_whose_numbers_lead_to_them(walk: Walk, page: str, path: str, status: int) -> None:
    """Over a page that is seen, and no other; over those without tickets only for who sees the queues' own pages."""
    identity = replace(EMBEDDED, views=frozenset({page}))
    for query in ("?ticket=QUOKKA-1", "?tickets=quokka-desk/open:all"):
        (drawer,) = [each for each in walk.pages([(path, query)]) if each.output.startswith("..drawer.")]
        said = walk.ask(drawer, identity)
        assert said.status == status
        assert ("QUOKKA-" in said.body) == (status == 200)


def test_the_portals_own_matters_are_for_administrators(walk: Walk) -> None:
    """Others see how old everything is, not what is wrong with the registry, what runs did, or how sources fail."""
    for question in _everything(walk, "quokka", "nobody"):
        said = walk.ask(question, LEAD)
        assert not OWN_MATTERS.search(said.body), question
        if "/data" in json.dumps(question.callback) and question.output.startswith("..data-head-title"):
            assert "gremlin" not in said.body
            assert "Failing" in said.body or said.status == 204
    for identity in (VIEWER, LEAD, PROGRAM):
        assert "gremlin" not in walk.ask(Question("/export/sources.csv"), identity).body
    assert "gremlin" in walk.ask(Question("/export/sources.csv"), ADMIN).body
    shown = "".join(walk.ask(question, ADMIN).body for question in walk.pages([("/data", "")]))
    assert {each.lower() for each in OWN_MATTERS.findall(shown)} == {"heffalump", "woozle"}


def test_why_the_history_fails_is_for_administrators(tmp_path: Path) -> None:
    """Its message names files, tables and permissions. Others learn that it fails, and who knows more."""
    portal = menagerie(tmp_path)
    trends = Trends(FailingHistory(words="The woozle ate the disk."), lambda: portal.reports.policy, portal.now)
    walk = Walk(replace(portal, trends=trends))
    pages = walk.pages([("/", ""), ("/trends", ""), ("/data", "")])
    questions = [*pages, Question("/api/trends"), Question("/export/trends.csv")]

    for identity in (VIEWER, LEAD, PROGRAM):
        told = [walk.ask(question, identity).body for question in questions]
        assert "woozle" not in "".join(told)
        assert all("An administrator of the portal sees the reason" in each for each in told[-2:])
    of_admin = [walk.ask(question, ADMIN).body for question in questions]
    assert sum("woozle" in each for each in of_admin) == 4


def test_only_administrators_have_a_queue_read_again(walk: Walk) -> None:
    """The button is not there for others, and pressing it all the same is refused; an admin may once a minute."""
    again = walk.refreshing("numbat-desk")
    frame = Question("/_dash-layout?pathname=/data&search=")

    for identity in (VIEWER, LEAD, PROGRAM):
        assert walk.ask(again, identity).status == 403
        assert "Read again" not in walk.ask(frame, identity).body
    assert "Read again" in walk.ask(frame, ADMIN).body
    assert "Numbat desk is read again now" in walk.ask(again, ADMIN).body
    assert "less than a minute ago" in walk.ask(again, ADMIN).body


def test_the_counts_of_all_queues_are_not_for_tokens_of_some(walk: Walk) -> None:
    """`/metrics` names every queue: who may not see them all, or not every page, is refused."""
    assert walk.ask(Question("/metrics"), replace(PROGRAM, queues=None)).status == 200
    assert walk.ask(Question("/metrics"), PROGRAM).status == 403
    assert walk.ask(Question("/metrics"), replace(PROGRAM, queues=None, views=frozenset({"trends"}))).status == 403
