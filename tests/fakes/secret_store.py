"""A Secrets Manager of one's own over HTTP that counts how often secrets are read, and can be switched off."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import boto3
import requests

from tests.fakes.aws_servers import ACCESS_KEY, SECRET_KEY, moto_server
from tests.fakes.local_server import Asked, Reply, serving

REGION = "eu-west-1"
_TARGET = "x-amz-target"
_PASSED_ON = ("authorization", "content-type", "x-amz-date", _TARGET)


@dataclass(slots=True)
class SecretStore:
    """moto's server, and before it the one at `url`, which is asked."""

    behind: str
    url: str = ""
    reads: list[str] = field(default_factory=list)
    down: bool = False

    def put(self, name: str, value: Mapping[str, object] | str) -> str:
        """Let a secret have a value from now on; its ARN."""
        text = value if isinstance(value, str) else json.dumps(value)
        with closing(
            boto3.client(
                "secretsmanager",
                region_name=REGION,
                endpoint_url=self.behind,
                aws_access_key_id=ACCESS_KEY,
                aws_secret_access_key=SECRET_KEY,
            )
        ) as client:
            known = [secret["Name"] for secret in client.list_secrets()["SecretList"]]
            if name in known:
                return client.put_secret_value(SecretId=name, SecretString=text)["ARN"]
            return client.create_secret(Name=name, SecretString=text)["ARN"]

    def reads_of(self, name: str) -> int:
        """How often a secret was asked for."""
        return self.reads.count(name)

    def answer(self, asked: Asked) -> Reply:
        """What moto says, unless it is switched off."""
        assert asked.headers[_TARGET] == "secretsmanager.GetSecretValue"
        self.reads.append(json.loads(asked.body)["SecretId"])
        if self.down:
            return Reply(b"{}", 503)
        headers = {name: asked.headers[name] for name in _PASSED_ON}
        said = requests.post(f"{self.behind}/", data=asked.body, headers=headers, timeout=60)
        return Reply(said.content, said.status_code, {"Content-Type": said.headers["Content-Type"]})


@contextmanager
def secret_store() -> Iterator[SecretStore]:
    """An empty one, while the block runs."""
    with moto_server() as behind:
        store = SecretStore(behind)
        with serving(store.answer) as front:
            store.url = front.url
            yield store
