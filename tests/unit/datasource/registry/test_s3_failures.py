"""What is said when S3 refuses, fails, or is not there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
from botocore import exceptions as boto

from datasource.registry.errors import RegistryError, RegistryMissing, RegistryUnreadable
from datasource.registry.s3 import S3Registry, connect
from datasource.registry.s3_failures import registry_error
from tests.fakes.aws_servers import ACCESS_KEY, SECRET_KEY
from tests.fakes.local_server import Reply, serving

_URI = "s3://ops-bucket/queue_registry.json"

Failure: TypeAlias = Callable[[Reply], str]


@pytest.fixture
def failure(aws: pytest.MonkeyPatch) -> Iterator[Failure]:
    """What is said after a server in S3's place gave an answer."""
    with ExitStack() as stack:

        def said(reply: Reply) -> str:
            server = stack.enter_context(serving(lambda _: reply))
            aws.setenv("AWS_ENDPOINT_URL_S3", server.url)
            client = connect(_URI)
            stack.callback(client.close)
            with pytest.raises(RegistryUnreadable) as raised:
                S3Registry(_URI, client).read()
            return str(raised.value)

        yield said


def _refusal(status: int, code: str) -> Reply:
    said = f"The key {ACCESS_KEY} with {SECRET_KEY} was refused"
    body = f"<Error><Code>{code}</Code><Message>{said}</Message><AWSAccessKeyId>{ACCESS_KEY}</AWSAccessKeyId></Error>"
    return Reply(body.encode(), status, {"Content-Type": "application/xml"})


@pytest.mark.parametrize(
    ("status", "code", "pieces"),
    [
        (403, "AccessDenied", ("s3:GetObject", "arn:aws:s3:::ops-bucket/queue_registry.json", "s3:ListBucket")),
        (403, "InvalidAccessKeyId", ("credentials that S3 does not accept", "AWS_ACCESS_KEY_ID")),
        (403, "SignatureDoesNotMatch", ("credentials that S3 does not accept", "AWS_SECRET_ACCESS_KEY")),
        (400, "ExpiredToken", ("credentials that S3 does not accept", "AWS_SESSION_TOKEN")),
        (403, "RequestTimeTooSkewed", ("clock",)),
        (400, "AuthorizationHeaderMalformed", ("another region", "AWS_DEFAULT_REGION")),
        (403, "InvalidObjectState", ("archive",)),
        (400, "KMS.DisabledException", ("kms:Decrypt",)),
        (400, "SomethingNew", ("no object", "SomethingNew", "AWS_ENDPOINT_URL_S3")),
    ],
)
def test_a_refusal_is_told_with_what_to_do(failure: Failure, status: int, code: str, pieces: tuple[str, ...]) -> None:
    """S3's own text, which may repeat what it was sent, is not."""
    said = failure(_refusal(status, code))

    assert said.startswith(f"{_URI} cannot be used:")
    for piece in (code, *pieces):
        assert piece in said
    assert ACCESS_KEY not in said
    assert SECRET_KEY not in said


def test_a_code_that_is_none_is_not_repeated(failure: Failure) -> None:
    """A stranger's server may say anything."""
    assert SECRET_KEY not in failure(_refusal(400, f"x {SECRET_KEY}"))


def test_an_object_that_breaks_off_is_unreadable(failure: Failure) -> None:
    """Half a registry is none."""
    headers = {"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 12:00:00 GMT", "Content-Type": "application/json"}

    assert "broke off" in failure(Reply(b'{"version": 1}', 200, headers, cut=True))


def test_missing_credentials_are_told_before_anything_is_sent(aws: pytest.MonkeyPatch) -> None:
    """With the ways to give them."""
    aws.delenv("AWS_ACCESS_KEY_ID")
    aws.delenv("AWS_SECRET_ACCESS_KEY")
    client = connect(_URI)
    with pytest.raises(RegistryUnreadable, match=r"no credentials for S3.*AWS_PROFILE"):
        S3Registry(_URI, client).read()
    client.close()


@pytest.mark.parametrize(
    ("name", "value", "piece"),
    [
        ("AWS_PROFILE", "nobody", "AWS_PROFILE"),
        ("AWS_ENDPOINT_URL_S3", "nonsense", "AWS_ENDPOINT_URL_S3"),
        ("AWS_DEFAULT_REGION", "not a region", "AWS_DEFAULT_REGION"),
    ],
)
def test_settings_of_aws_that_cannot_be_used_are_one_message(
    aws: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, piece: str
) -> None:
    """It names what to look at."""
    (tmp_path / "none").write_text("[default]\n", encoding="utf-8")
    aws.setenv(name, value)
    with pytest.raises(RegistryUnreadable, match=piece):
        connect(_URI)


@pytest.mark.parametrize(
    ("error", "piece"),
    [
        (boto.EndpointConnectionError(endpoint_url=f"http://{SECRET_KEY}"), "no connection"),
        (boto.ConnectTimeoutError(endpoint_url=f"http://{SECRET_KEY}"), "in time"),
        (boto.ReadTimeoutError(endpoint_url=f"http://{SECRET_KEY}"), "in time"),
        (boto.SSLError(endpoint_url=f"http://{SECRET_KEY}", error=OSError(SECRET_KEY)), "certificate"),
        (boto.ProxyConnectionError(proxy_url=f"http://{SECRET_KEY}"), "no connection"),
        (boto.CredentialRetrievalError(provider="x", error_msg=SECRET_KEY), "could not be fetched"),
        (boto.PartialCredentialsError(provider="x", cred_var=SECRET_KEY), "a part of the credentials"),
        (boto.ParamValidationError(report=SECRET_KEY), "bucket and a key"),
        (boto.BotoCoreError(), "boto3 cannot use"),
        (ConnectionResetError(SECRET_KEY), "no connection"),
    ],
)
def test_what_never_reaches_s3_is_told_without_addresses_and_secrets(error: Exception, piece: str) -> None:
    """Texts of the library quote both."""
    said = str(registry_error(_URI, error))

    assert piece in said
    assert SECRET_KEY not in said


def test_trouble_on_the_other_side_asks_for_patience() -> None:
    """There is nothing to mend here."""
    answer = {"Error": {"Code": "NewTrouble"}, "ResponseMetadata": {"HTTPStatusCode": 503}}
    error: RegistryError = registry_error(_URI, boto.ClientError(answer, "GetObject"))  # type: ignore[arg-type]

    assert "try again later" in str(error)
    assert not isinstance(error, RegistryMissing)
