"""Addresses below api/: what is not there is told in JSON, whatever the method and however it is written."""

import pytest

from tests.fakes.api_answers import ApiAnswers


@pytest.mark.parametrize(
    "path",
    [
        "/api", "/api/", "/api/typo", "/api/queues/", "/api/queues/desk", "/api/queues/desk/data/", "/api//queues",
        "/api/queues/desk/data.xml", "/api/../api/typo", "/api/queues/de%2Fsk/data",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem(api: ApiAnswers, path: str) -> None:
    """404, never a page and never a redirect."""
    answer = api.client.get(path)

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json(force=True)["type"] == "/problems/unknown-resource"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("queue_id", ["nobody", "DESK", "%00", "a" * 300, "…", "<script>", "desk%20", "' or 1=1"])
def test_an_unknown_queue_is_told(api: ApiAnswers, queue_id: str) -> None:
    """Before anything is said of the query, as JSON or CSV, for tickets and data."""
    for rest in ("data", "tickets", "data.csv", "data?period=3"):
        answer = api.get(f"queues/{queue_id}/{rest}")
        assert (answer.status_code, answer.get_json(force=True)["type"]) == (404, "/problems/unknown-queue")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_only_reading_is_allowed(api: ApiAnswers, method: str) -> None:
    """With what is allowed in the header that says so."""
    answer = api.client.open("/api/queues", method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.get_json(force=True)["type"] == "/problems/method-not-allowed"


def test_head_and_options_are_answered(api: ApiAnswers) -> None:
    """HEAD like GET without a body, OPTIONS with the methods."""
    head, get = api.client.head("/api/queues/desk/data"), api.get("queues/desk/data")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", get.headers["ETag"])
    assert api.client.options("/api/queues").headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("application/*, text/csv;q=0.5", "application/json"),
        ("application/json;q=0.2, text/csv;q=0.7", "text/csv"),
        ("text/html, */*;q=0.1", "application/json"),
        ("application/json;q=0, */*", "text/csv"),
    ],
)
def test_the_client_chooses_the_representation(api: ApiAnswers, accept: str, kind: str) -> None:
    """By its weights; without a preference it is JSON."""
    answer = api.get("queues/overview", Accept=accept)

    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("address", "accept"),
    [("queues", "text/html"), ("queues.csv", "application/json"), ("openapi.json", "text/csv"), ("queues", "*/*;q=0")],
)
def test_what_is_not_offered_is_refused(api: ApiAnswers, address: str, accept: str) -> None:
    """406, with what there is."""
    answer = api.get(address, Accept=accept)

    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    assert answer.get_json(force=True)["type"] == "/problems/not-acceptable"
