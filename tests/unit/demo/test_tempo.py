from __future__ import annotations

from typing import Any

import pytest

from tests.unit.demo.reader import Reader

_MONTH = {"from_": "2026-10-25", "to": "2026-11-23"}


def _all(reader: Reader, path: str, **query: object) -> list[dict[str, Any]]:
    """Every worklog of a call, over all pages, by offset."""
    found: list[dict[str, Any]] = []
    while True:
        page = reader.tempo(path, offset=len(found), limit=1000, **query).json()
        found += page["results"]
        if "next" not in page["metadata"]:
            return found


def test_pages_lead_from_one_to_the_next_and_end(small: Reader) -> None:
    """`next` leads to the following page on the same host and is absent on the last; `previous` leads back."""
    expected = _all(small, "worklogs", **_MONTH)
    found: list[dict[str, Any]] = []
    page = small.tempo("worklogs", limit=60, **_MONTH).json()
    assert "previous" not in page["metadata"]
    while True:
        found += page["results"]
        assert page["metadata"]["count"] == len(page["results"])
        if "next" not in page["metadata"]:
            break
        assert page["metadata"]["next"].startswith(small.demo.tempo_base_url)
        token = {"Authorization": f"Bearer {small.demo.tempo_api_token}"}
        page = small.session.get(page["metadata"]["next"], headers=token).json()
        assert "previous" in page["metadata"]

    assert found == expected
    assert len({held["tempoWorklogId"] for held in found}) == len(found) > 120


def test_limit_is_capped_at_1000(fleet: Reader) -> None:
    """A larger limit is read back as 1,000; the default is 50."""
    page = fleet.tempo("worklogs", limit=5000, **_MONTH).json()

    assert (page["metadata"]["limit"], len(page["results"])) == (1000, 1000)
    assert fleet.tempo("worklogs", **_MONTH).json()["metadata"]["limit"] == 50


def test_dates_are_inclusive_days_of_the_author(small: Reader) -> None:
    """Both ends belong to the period, and each day alone adds up to the whole."""
    whole = _all(small, "worklogs", from_="2026-11-09", to="2026-11-11")
    days = [_all(small, "worklogs", from_=day, to=day) for day in ("2026-11-09", "2026-11-10", "2026-11-11")]

    assert all(days)
    assert {held["startDate"] for held in whole} == {"2026-11-09", "2026-11-10", "2026-11-11"}
    assert sorted(held["tempoWorklogId"] for day in days for held in day) == [held["tempoWorklogId"] for held in whole]


@pytest.mark.parametrize(
    "path",
    [
        "worklogs?from=2026-13-01&to=2026-11-01",
        "worklogs?from=01.11.2026&to=2026-11-01",
        "worklogs?updatedFrom=soon",
        "worklogs?limit=0",
        "worklogs?offset=-1",
        "worklogs?projectId=SD",
        "worklogs?orderBy=AUTHOR",
        "user-schedule/{account}?from=2026-11-01",
        "user-schedule/{account}?from=2026-11-02&to=2026-11-01",
    ],
)
def test_bad_parameters_are_400_with_an_object(small: Reader, path: str) -> None:
    """Tempo's `errors` is an object with one message."""
    account = small.demo.site.world.teams[11].memberships[0].member.account_id
    answer = small.tempo(path.format(account=account))

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["message"]


def test_search_by_lists_finds_what_the_single_calls_find(small: Reader) -> None:
    """POST worklogs/search by tickets, by projects and by authors agrees with the other resources."""
    everything = _all(small, "worklogs", **_MONTH)
    issues = sorted({held["issue"]["id"] for held in everything})[:20]
    account = everything[0]["author"]["accountId"]
    period = {"from": "2026-10-25", "to": "2026-11-23"}

    def search(**body: object) -> list[int]:
        answer = small.tempo_post("worklogs/search?limit=1000", period | body)
        return [held["tempoWorklogId"] for held in answer.json()["results"]]

    assert search(issueIds=issues) == [h["tempoWorklogId"] for h in everything if h["issue"]["id"] in issues]
    assert search(authorIds=[account]) == [
        h["tempoWorklogId"] for h in _all(small, f"worklogs/user/{account}", **_MONTH)
    ]
    assert search(projectIds=[10004]) == [h["tempoWorklogId"] for h in _all(small, "worklogs/project/10004", **_MONTH)]
    assert search(projectIds=[10004]) == [
        h["tempoWorklogId"] for h in _all(small, "worklogs", projectId=10004, **_MONTH)
    ]
    assert small.tempo_post("worklogs/search", {"from": "x"}).status_code == 400


def test_updated_from_finds_later_edits(small: Reader) -> None:
    """Only worklogs touched since then come back, by day or by instant."""
    since = _all(small, "worklogs", updatedFrom="2026-11-20T12:00:00Z")
    edited = [held for held in _all(small, "worklogs", **_MONTH) if held["updatedAt"] != held["createdAt"]]

    assert since
    assert {held["updatedAt"] >= "2026-11-20T12:00:00Z" for held in since} == {True}
    assert edited
    assert len(_all(small, "worklogs", updatedFrom="2026-11-20")) >= len(since)


def test_hours_join_to_tickets_by_number_and_some_to_none(fleet: Reader) -> None:
    """The ticket is a number; nearly all are tickets that can be read, a few were deleted, many are no queue's."""
    held = _all(fleet, "worklogs", from_="2026-06-01", to="2026-11-23")
    ids = sorted({worklog["issue"]["id"] for worklog in held})
    found: set[int] = set()
    for start in range(0, len(ids), 100):
        body = {"issueIdsOrKeys": [str(id_) for id_ in ids[start : start + 100]], "fields": ["project"]}
        found |= {int(issue["id"]) for issue in fleet.post("/rest/api/3/issue/bulkfetch", body).json()["issues"]}
    orphans = [worklog for worklog in held if worklog["issue"]["id"] not in found]

    assert 3 <= len(orphans) < len(held) * 0.02
    assert sum(worklog["issue"]["id"] % 8 == (10_000 + 7) % 8 for worklog in held) > 1000
    billable_s = sum(worklog["billableSeconds"] for worklog in held)
    assert 0.1 < billable_s / sum(worklog["timeSpentSeconds"] for worklog in held) < 0.9
    assert all(0 <= worklog["billableSeconds"] <= worklog["timeSpentSeconds"] for worklog in held)


def test_memberships_begin_and_end(small: Reader) -> None:
    """Of IT Support one joined and two left; hours of those who left do not count for the team afterwards."""
    members = small.tempo("team-memberships/team/11").json()["results"]
    left = {each["member"]["accountId"]: each["to"] for each in members if "to" in each}
    booked = _all(small, "worklogs/team/11", from_="2026-01-01", to="2026-11-23")

    assert sorted(left.values()) == ["2026-02-27", "2026-06-30"]
    assert [each["from"] for each in members if "from" in each] == ["2026-09-01"]
    assert booked
    assert all(held["startDate"] <= left.get(held["author"]["accountId"], "9999") for held in booked)
    assert small.tempo("worklogs/team/99").status_code == small.tempo("team-memberships/team/99").status_code == 404


def test_schedule_owes_nothing_on_weekends_and_holidays(small: Reader) -> None:
    """Each day has its kind; 2 November is a holiday in Brazil, 20 November too."""
    account = small.demo.site.world.teams[11].memberships[0].member.account_id
    days = small.tempo(f"user-schedule/{account}", from_="2026-11-01", to="2026-11-30").json()["results"]
    by_date = {day["date"]: (day["requiredSeconds"], day["type"]) for day in days}

    assert len(by_date) == 30
    assert by_date["2026-11-01"] == (0, "NON_WORKING_DAY")
    assert by_date["2026-11-02"] == by_date["2026-11-20"] == (0, "HOLIDAY")
    assert by_date["2026-11-15"] == (0, "HOLIDAY_AND_NON_WORKING_DAY")
    assert by_date["2026-11-03"] == (28_800, "WORKING_DAY")
    assert small.tempo("user-schedule/nobody", from_="2026-11-01", to="2026-11-02").status_code == 404


def test_teams_and_schemes_are_listed(small: Reader) -> None:
    """Four teams, two workload schemes."""
    teams = small.tempo("teams", limit=3).json()

    assert [team["id"] for team in teams["results"]] == [11, 12, 13]
    assert teams["metadata"]["next"].endswith("offset=3&limit=3")
    assert [scheme["id"] for scheme in small.tempo("workload-schemes").json()["results"]] == [2, 3]


def test_jira_s_copies_belong_to_an_app(small: Reader) -> None:
    """Jira has the same hours, all of them by the account of the timesheets."""
    held = _all(small, "worklogs/project/10001", **_MONTH)
    visible = {
        id_: small.get(f"/rest/api/3/issue/{id_}/worklog") for id_ in {worklog["issue"]["id"] for worklog in held}
    }
    copies = [copy for answer in visible.values() if answer.ok for copy in answer.json()["worklogs"]]

    assert {copy["author"]["accountType"] for copy in copies} == {"app"}
    assert sum(copy["timeSpentSeconds"] for copy in copies) >= 0.9 * sum(
        worklog["timeSpentSeconds"] for worklog in held
    )
