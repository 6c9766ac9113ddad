"""The portal as a program with its history in a table of DynamoDB, over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from datasource.history.dynamodb import DynamoDbHistory
from tests.fakes.aws_servers import moto_server, only_made_up, settings_of_aws
from tests.fakes.history_table import create_table
from tests.fakes.served_portal import running_demo, served_portal
from tests.unit.servicelevel.days import scored

REGION = "eu-west-1"
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def ready() -> Iterator[Mapping[str, Any]]:
    """A made-up Jira and Tempo."""
    with running_demo() as demo:
        yield demo


def test_a_table_that_goes_away_takes_no_page_with_it(
    ready: Mapping[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trends come from the table; when it is gone they say so, live pages stand, and the portal may still serve."""
    with ExitStack() as table:
        url = table.enter_context(moto_server())
        only_made_up(monkeypatch, tmp_path).setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        with closing(boto3.client("dynamodb", region_name=REGION)) as client:
            create_table(client, "days")
            history = DynamoDbHistory("days", REGION, connect=lambda _: client)
            history.put(replace(scored(DAY, 12.3), queue="service-desk"))
        settings = {
            **settings_of_aws(tmp_path),
            "AWS_ENDPOINT_URL_DYNAMODB": url,
            "HISTORY_URL": f"dynamodb://days?region={REGION}",
            "WEB_CONCURRENCY": "1",
        }
        with served_portal(ready, tmp_path, **settings) as portal:

            def get(path: str) -> requests.Response:
                return requests.get(portal.url + path, timeout=60)

            trends = "/api/trends?queue=service-desk&from=2026-11-20&to=2026-11-20"
            (line,) = get(trends).json()["queues"]
            assert [(point["day"], point["score"]) for point in line["points"]] == [("2026-11-20", 12.3)]
            assert get("/readyz").json()["parts"]["history"]["state"] == "ok"

            table.close()

            failed = get(trends)
            assert failed.status_code == 503
            assert "DynamoDB table days (eu-west-1) cannot be used: no connection" in failed.json()["detail"]
            for path in ("/", "/queue/service-desk", "/api/queues/overview", "/api/queues/service-desk/data"):
                assert get(path).status_code == 200, path
            may_serve = get("/readyz")
            assert may_serve.status_code == 200
            assert may_serve.json()["parts"]["history"]["state"] == "failed"
