"""The registry in S3: read when its ETag changed. Importing this module loads boto3.

boto3 finds credentials, region and endpoint in its own ways: the `AWS_…` variables, the configuration files of AWS,
the role of the task.
"""

from contextlib import closing
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from datasource.boto_troubles import RAISED, code_of
from datasource.registry.errors import RegistryUnreadable
from datasource.registry.last_good import LastGood, RegistryReading, Version
from datasource.registry.problem import Problem
from datasource.registry.s3_failures import NOT_MODIFIED, registry_error
from datasource.registry.syntax import LARGEST_BYTES
from servicelevel.policy import Policy

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

SCHEME = "s3://"
LOOK_EVERY_S = 15.0
"""How long what is known of the object counts as known, so that pages do not each ask S3."""

_CONNECT_TIMEOUT_S = 5.0
_READ_TIMEOUT_S = 15.0
_ATTEMPTS = 3


def connect(uri: str) -> "S3Client":
    """A client of S3 as the surroundings set it up. `uri` says in messages what it is for.

    Raises:
        RegistryUnreadable: what is set up cannot be used, as with a profile that does not exist.
    """
    patience = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
    )
    try:
        return boto3.Session().client("s3", config=patience)
    except RAISED as error:
        raise registry_error(uri, error) from None


class S3Registry:
    """A registry in S3, at `s3://bucket/key`. Its methods may be called from several threads at once.

    Raises:
        RegistryUnreadable: the address is no such address.
    """

    def __init__(self, uri: str, client: "S3Client", *, look_every_s: float = LOOK_EVERY_S) -> None:
        self._last_good = LastGood(_Object(uri, client), look_every_s=look_every_s)

    def read(self) -> Policy:
        """The policy the object states now.

        Raises:
            RegistryError: there is no object, it cannot be read, or it is wrong.
        """
        return self._last_good.read()

    def current(self) -> RegistryReading:
        """The policy of the last good version; after `look_every_s` S3 is asked whether the ETag changed.

        Raises:
            RegistryError: no version has been good so far.
        """
        return self._last_good.current()


class _Object:
    """An object of S3 as the place of a registry."""

    def __init__(self, uri: str, client: "S3Client") -> None:
        self.origin, self._client = uri, client
        self._bucket, _, self._key = uri.removeprefix(SCHEME).partition("/")
        if not uri.startswith(SCHEME) or not self._bucket or not self._key:
            raise RegistryUnreadable(uri, (Problem("", "no address of an object", "one such as s3://bucket/key"),))

    def load(self) -> Version:
        """The object as it is now."""
        try:
            return _version(self._client.get_object(Bucket=self._bucket, Key=self._key))
        except RAISED as error:
            raise registry_error(self.origin, error) from None

    def load_unless(self, mark: str) -> Version | None:
        """The same, or None while its ETag is the mark: one request in either case."""
        try:
            return _version(self._client.get_object(Bucket=self._bucket, Key=self._key, IfNoneMatch=mark))
        except RAISED as error:
            if code_of(error) == NOT_MODIFIED:
                return None
            raise registry_error(self.origin, error) from None


def _version(answer: "GetObjectOutputTypeDef") -> Version:
    text = b""
    with closing(answer["Body"]) as body:
        # boto3 compares with the length that was announced only when it is asked for more than there is.
        while len(text) <= LARGEST_BYTES and (part := body.read(LARGEST_BYTES + 1 - len(text))):
            text += part
    return Version(answer["ETag"], answer["LastModified"], text)
