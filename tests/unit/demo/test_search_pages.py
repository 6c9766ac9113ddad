from __future__ import annotations

from tests.unit.demo.reader import Reader


def test_pages_hold_every_ticket_once(small: Reader) -> None:
    """Following the tokens yields each ticket once; the last page has no token and says so."""
    jql = "project in (SD, OPS) ORDER BY created"
    expected = small.ids(jql)
    found: list[str] = []
    body: dict[str, object] = {"fields": ["summary"], "maxResults": 37}
    pages = 0
    while True:
        page = small.search(jql, **body)
        pages += 1
        found += [issue["id"] for issue in page["issues"]]
        assert page["isLast"] is ("nextPageToken" not in page)
        if page["isLast"]:
            break
        body["nextPageToken"] = page["nextPageToken"]

    assert found == expected
    assert len(set(found)) == len(found)
    assert pages == -(-len(expected) // 37)


def test_default_is_bare_ids_and_no_totals(small: Reader) -> None:
    """Without fields an issue is its id alone, and no page tells how many there are."""
    page = small.search("project = SD")

    assert len(page["issues"]) == 50
    assert {tuple(issue) for issue in page["issues"]} == {("id",)}
    assert not {"total", "startAt", "maxResults"} & set(page)


def test_page_with_fields_is_capped_at_100_and_bare_ids_are_not(small: Reader) -> None:
    """5,000 may be asked for; with a field only 100 come."""
    jql = "project in (SD, BILL, OPS, NET)"

    assert len(small.search(jql, maxResults=5000, fields=["summary"])["issues"]) == 100
    assert len(small.search(jql, maxResults=5000, fields=["key"])["issues"]) > 300
    assert all("key" in issue for issue in small.search(jql, fields=["key"])["issues"])


def test_start_at_is_ignored(small: Reader) -> None:
    """An old paging loop gets the first page for ever."""
    assert small.search("project = SD", startAt=50) == small.search("project = SD")


def test_get_and_post_answer_the_same(small: Reader) -> None:
    """The same query by either method gives the same page."""
    jql = "project = SD AND statusCategory != Done ORDER BY key"
    by_get = small.get("/rest/api/3/search/jql", jql=jql, fields="summary,status", expand="names,changelog").json()

    assert by_get == small.search(jql, fields=["summary", "status"], expand="names,changelog")
    assert by_get["names"] == {"summary": "Summary", "status": "Status"}


def test_token_belongs_to_its_query(small: Reader) -> None:
    """A token of another query, or one that was made up, is 400."""
    token = small.search("project = SD")["nextPageToken"]
    for jql, given in (("project = OPS", token), ("project = SD", "made-up"), ("project = SD", "YWJj")):
        answer = small.post("/rest/api/3/search/jql", {"jql": jql, "nextPageToken": given})
        assert answer.status_code == 400


def test_expand_is_a_text_in_a_search_and_a_list_in_bulkfetch(small: Reader) -> None:
    """The two calls disagree, as they do in Jira."""
    ids = small.ids("project = SD")[:1]

    assert small.post("/rest/api/3/search/jql", {"jql": "project = SD", "expand": ["names"]}).status_code == 400
    body = {"issueIdsOrKeys": ids, "expand": "changelog"}
    assert small.post("/rest/api/3/issue/bulkfetch", body).status_code == 400


def test_count_is_that_of_the_search(small: Reader) -> None:
    """The estimate of a site this small is exact."""
    answer = small.post("/rest/api/3/search/approximate-count", {"jql": "project = NET"})

    assert answer.json() == {"count": len(small.ids("project = NET"))}


def test_old_search_is_gone(small: Reader) -> None:
    """410, for good."""
    assert small.get("/rest/api/3/search", jql="project = SD").status_code == 410
