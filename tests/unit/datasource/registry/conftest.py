"""An S3 for the tests of this folder."""

from collections.abc import Iterator

import pytest

from datasource.registry.s3 import connect
from tests.fakes.aws_servers import moto_server
from tests.unit.datasource.registry.s3_place import S3Place


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """Where an S3 listens."""
    with moto_server() as url:
        yield url


@pytest.fixture
def s3(aws: pytest.MonkeyPatch, s3_url: str, request: pytest.FixtureRequest) -> Iterator[S3Place]:
    """A bucket with a registry that is right."""
    aws.setenv("AWS_ENDPOINT_URL_S3", s3_url)
    place = S3Place(connect("s3://any/thing"), f"bucket-{abs(hash(request.node.nodeid)):x}")
    yield place
    place.client.close()
