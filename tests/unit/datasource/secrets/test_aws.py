"""A secret read over HTTP: what comes back, and what is said when nothing does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeAlias

import boto3
import pytest

from datasource.secrets.aws import read
from datasource.secrets.errors import SecretFailed, SecretMalformed, SecretUnreadable
from tests.fakes.aws_servers import ACCESS_KEY, SECRET_KEY
from tests.fakes.local_server import Reply, serving
from tests.fakes.secret_store import REGION, SecretStore, secret_store

NAMES = ("JIRA_API_TOKEN", "TEMPO_API_TOKEN")
CANARY = "canary-7f3a91"

Said: TypeAlias = Callable[[Reply], str]


@pytest.fixture(scope="module")
def kept() -> Iterator[SecretStore]:
    """A Secrets Manager of our own."""
    with secret_store() as store:
        yield store


@pytest.fixture
def store(kept: SecretStore, aws: pytest.MonkeyPatch) -> SecretStore:
    """The same, found by boto3."""
    aws.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", kept.url)
    aws.setenv("AWS_DEFAULT_REGION", REGION)
    return kept


@pytest.fixture
def said(aws: pytest.MonkeyPatch) -> Iterator[Said]:
    """What is said after a server in the place of Secrets Manager gave an answer."""
    with ExitStack() as stack:

        def ask(reply: Reply) -> str:
            aws.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", stack.enter_context(serving(lambda _: reply)).url)
            return _failure("ops/portal")

        yield ask


def _failure(secret_id: str) -> str:
    with pytest.raises(SecretFailed) as raised:
        read(secret_id, NAMES)
    assert raised.value.__cause__ is None
    return str(raised.value)


def test_a_secret_is_read_by_its_name(store: SecretStore) -> None:
    """With one request, which sees what was put last."""
    store.put("ops/named", {"JIRA_API_TOKEN": "first"})
    store.put("ops/named", {"JIRA_API_TOKEN": CANARY})

    found = read("ops/named", NAMES)

    assert {name: value.get_secret_value() for name, value in found.items()} == {"JIRA_API_TOKEN": CANARY}
    assert store.reads_of("ops/named") == 1


def test_an_arn_brings_its_region(store: SecretStore, aws: pytest.MonkeyPatch) -> None:
    """So that nothing else has to be set, and nothing else can mislead."""
    arn = store.put("ops/by-arn", {"JIRA_API_TOKEN": CANARY})
    aws.delenv("AWS_DEFAULT_REGION")

    assert set(read(arn, NAMES)) == {"JIRA_API_TOKEN"}
    assert "AWS_DEFAULT_REGION" in _failure("ops/by-arn")


def test_a_secret_that_is_not_there_is_told(store: SecretStore) -> None:
    """With where its name and its region are set."""
    message = _failure("ops/nowhere")

    assert "The secret ops/nowhere cannot be used: found no such secret, or one without a value" in message
    assert "SECRETS_ID" in message
    assert "AWS_DEFAULT_REGION" in message


def test_bytes_are_no_text(store: SecretStore) -> None:
    """However they came there."""
    with closing(boto3.client("secretsmanager", endpoint_url=store.behind)) as client:
        client.create_secret(Name="ops/bytes", SecretBinary=CANARY.encode())

    with pytest.raises(SecretMalformed, match="found bytes") as raised:
        read("ops/bytes", NAMES)

    assert CANARY not in str(raised.value)


def test_a_text_that_is_no_object_is_told(store: SecretStore) -> None:
    """It was had, and is not what it should be."""
    store.put("ops/text", CANARY)

    assert "no JSON" in _failure("ops/text")


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ("AccessDeniedException", ("no permission", "secretsmanager:GetSecretValue", "ops/portal", "kms:Decrypt")),
        ("UnrecognizedClientException", ("credentials that Secrets Manager does not accept", "AWS_ACCESS_KEY_ID")),
        ("DecryptionFailure", ("cannot be decrypted", "kms:Decrypt")),
        ("InvalidRequestException", ("marked for deletion", "SECRETS_ID")),
        ("ThrottlingException", ("more requests", "later")),
        ("SomethingNew", ("not one of Secrets Manager", "SomethingNew", "AWS_ENDPOINT_URL_SECRETS_MANAGER")),
    ],
)
def test_a_refusal_is_told_with_what_to_do(said: Said, code: str, pieces: tuple[str, ...]) -> None:
    """AWS's own text, which may repeat what it was sent, is not."""
    text = f'{{"__type":"{code}","message":"{ACCESS_KEY} with {SECRET_KEY} may not"}}'
    message = said(Reply(text.encode(), 400, {"Content-Type": "application/x-amz-json-1.1"}))

    for piece in (code, *pieces):
        assert piece in message
    assert ACCESS_KEY not in message
    assert SECRET_KEY not in message


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"{}", 503),
        Reply(b"<html>Welcome to our network</html>", 200, {"Content-Type": "text/html"}),
        Reply(b"{}", 200),
        Reply(b'{"SecretString": 7}', 200),
        Reply(b"[]", 200),
        Reply(b'{"SecretString": "', 200, cut=True),
    ],
)
def test_an_answer_that_is_none_is_an_error_of_ours(said: Said, reply: Reply) -> None:
    """Whoever gave it."""
    assert said(reply).startswith("The secret ops/portal cannot be used: found ")


def test_nobody_there_is_told(aws: pytest.MonkeyPatch) -> None:
    """An address where nobody listens."""
    with serving(lambda _: Reply()) as server:
        aws.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url)

    assert "no connection to Secrets Manager" in _failure("ops/portal")


def test_without_credentials_it_is_told_which(aws: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is sent."""
    aws.delenv("AWS_ACCESS_KEY_ID")

    with pytest.raises(SecretUnreadable, match=r"credentials for Secrets Manager.*AWS_ACCESS_KEY_ID"):
        read("ops/portal", NAMES)
