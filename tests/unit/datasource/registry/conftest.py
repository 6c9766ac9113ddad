"""An S3 for the tests of this folder, and surroundings in which boto3 finds that one and no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from datasource.registry.s3 import connect
from tests.unit.datasource.registry.s3_place import ACCESS_KEY, SECRET_KEY, S3Place
from tests.unit.datasource.registry.s3_server import s3_server

_NOBODYS_OWN = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    *("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
)


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """Where an S3 listens."""
    with s3_server() as url:
        yield url


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Surroundings with made-up credentials and a region; nobody's own settings get in."""
    for name in _NOBODYS_OWN:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return monkeypatch


@pytest.fixture
def s3(aws: pytest.MonkeyPatch, s3_url: str, request: pytest.FixtureRequest) -> Iterator[S3Place]:
    """A bucket with a registry that is right."""
    aws.setenv("AWS_ENDPOINT_URL_S3", s3_url)
    place = S3Place(connect("s3://any/thing"), f"bucket-{abs(hash(request.node.nodeid)):x}")
    yield place
    place.client.close()
