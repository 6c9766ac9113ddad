"""A secret of AWS Secrets Manager. Importing this module loads boto3.

boto3 finds credentials and endpoint in its own ways, as it does for S3; the region is that of the ARN, if it is one.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from pydantic import SecretStr

from datasource.boto_troubles import RAISED
from datasource.secrets.aws_failures import secret_error, strange_answer
from datasource.secrets.content import parsed
from datasource.secrets.errors import SecretMalformed

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient

_CONNECT_TIMEOUT_S = 3.0
_READ_TIMEOUT_S = 5.0
_ATTEMPTS = 2
_PATIENCE = Config(
    connect_timeout=_CONNECT_TIMEOUT_S,
    read_timeout=_READ_TIMEOUT_S,
    retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
)


def read(secret_id: str, names: Sequence[str]) -> Mapping[str, SecretStr]:
    """What a secret, by its name or ARN, holds now under some of these names: one request.

    Raises:
        SecretUnreadable: it could not be had.
        SecretMalformed: it is not a JSON object of these names.
    """
    try:
        # A client of its own each time: what was made before workers are forked must not be used in two of them.
        with closing(_client(secret_id)) as client:
            answer: Mapping[str, object] = client.get_secret_value(SecretId=secret_id)
    except RAISED as error:
        raise secret_error(secret_id, error) from None
    except (TypeError, AttributeError, KeyError):
        # What boto3 stumbles over when JSON has another shape than that of Secrets Manager.
        raise strange_answer(secret_id) from None
    text = answer.get("SecretString")  # it is left out where there are bytes, and in a stranger's answer
    if isinstance(text, str):
        return parsed(text, secret_id, names)
    if "SecretBinary" in answer:
        raise SecretMalformed(secret_id, "bytes", "a text, as the console and put-secret-value --secret-string make it")
    raise strange_answer(secret_id)


def _client(secret_id: str) -> "SecretsManagerClient":
    region = secret_id.split(":")[3] if secret_id.startswith("arn:") else None
    return boto3.Session().client("secretsmanager", region_name=region, config=_PATIENCE)
