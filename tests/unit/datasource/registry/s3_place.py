"""A bucket in which a test keeps one registry, and what S3 answered to those who read it."""

import json
from typing import TYPE_CHECKING, Any

from tests.unit.datasource.registry.examples import registry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

KEY = "ops/queue_registry.json"


class S3Place:
    """A bucket of its own with a registry that is right; `statuses` are those of the answers to reading it."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self.client, self.bucket = client, bucket
        self.uri = f"s3://{bucket}/{KEY}"
        self.statuses: list[int] = []
        client.create_bucket(Bucket=bucket)
        self.write(registry())
        client.meta.events.register("after-call.s3.GetObject", self._remember)

    def write(self, value: Any) -> None:
        """Put a registry, or a text as it is."""
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.client.put_object(Bucket=self.bucket, Key=KEY, Body=text)

    def delete(self) -> None:
        """Take the object away."""
        self.client.delete_object(Bucket=self.bucket, Key=KEY)

    def _remember(self, http_response: Any, **_: Any) -> None:
        self.statuses.append(http_response.status_code)
