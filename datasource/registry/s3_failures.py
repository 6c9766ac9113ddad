"""What boto3 says went wrong, as errors of the registry with what to do. None carries a credential or S3's own text."""

import re
from collections.abc import Mapping

from botocore import exceptions as boto

from datasource.registry.errors import RegistryError, RegistryMissing, RegistryUnreadable
from datasource.registry.problem import Problem

NOT_MODIFIED = "304"
_LOGIN = (
    "credentials that are valid now: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (temporary ones with "
    "AWS_SESSION_TOKEN), AWS_PROFILE, or the role of the machine or task"
)
_REGION = "AWS_DEFAULT_REGION set to the region of the bucket, and AWS_ENDPOINT_URL_S3 unset or of the same region"
_SET_UP = "AWS settings that fit: look at AWS_PROFILE, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3 and ~/.aws"
_NETWORK = "a way to S3: look at the network, the proxy, AWS_DEFAULT_REGION and AWS_ENDPOINT_URL_S3"
_LATER = "S3 to answer; try again later"
_SPECIAL = "an object that can be read as it is: not archived, not encrypted with a key of the caller's own"

_BY_CODE: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired"),
        ("credentials that S3 does not accept", _LOGIN),
    ),
    "RequestTimeTooSkewed": ("a clock that differs from that of S3", "the clock of this machine set right"),
    **dict.fromkeys(
        ("PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IncorrectEndpoint"),
        ("a bucket in another region", _REGION),
    ),
    "InvalidBucketName": ("what cannot be the name of a bucket", "an address such as s3://bucket/key"),
    "InvalidObjectState": ("an object in an archive", _SPECIAL),
    "InvalidRequest": ("an object that S3 does not hand out to a plain request", _SPECIAL),
    **dict.fromkeys(("SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"), ("S3 in trouble", _LATER)),
}

_BY_KIND: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    ((boto.NoCredentialsError,), "no credentials for S3", _LOGIN),
    ((boto.PartialCredentialsError,), "only a part of the credentials for S3", _LOGIN),
    (
        (boto.CredentialRetrievalError, boto.TokenRetrievalError, boto.SSOError, boto.LoginError),
        "credentials for S3 that could not be fetched",
        _LOGIN,
    ),
    ((boto.ProfileNotFound, boto.ConfigParseError, boto.ConfigNotFound), "AWS settings that cannot be read", _SET_UP),
    ((boto.NoRegionError, boto.InvalidRegionError), "no region that AWS has", _REGION),
    ((boto.ParamValidationError,), "what cannot be a bucket and a key", "an address such as s3://bucket/key"),
    ((boto.SSLError,), "a TLS certificate that is not accepted", _NETWORK),
    ((boto.ConnectTimeoutError, boto.ReadTimeoutError), "no answer from S3 in time", _NETWORK),
    (
        (boto.ConnectionError, boto.HTTPClientError, boto.IncompleteReadError, OSError),
        "no connection to S3, or one that broke off",
        _NETWORK,
    ),
)


def code_of(error: Exception) -> str:
    """The code in the answer of S3; empty when there was no answer."""
    code = str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, boto.ClientError) else ""
    # A stranger's server may answer at an endpoint of its own: only what looks like a code is shown.
    return code if re.fullmatch(r"[A-Za-z0-9.]{1,60}", code) else ""


def registry_error(uri: str, error: Exception) -> RegistryError:
    """The error of the registry at an address: missing, or unreadable with what was found and what to do."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    code = code_of(error)
    if code in {"NoSuchKey", "404"}:
        return RegistryMissing(uri)
    if code == "NoSuchBucket":
        return RegistryMissing(uri, f"there is no bucket {bucket}")
    if code in {"AccessDenied", "AllAccessDisabled", "403"} or code.startswith("KMS."):
        return _unreadable(uri, code, "no permission to read it", _permission(bucket, key))
    if isinstance(error, boto.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        unknown = ("S3 in trouble", _LATER) if status >= 500 else ("an answer of S3 that is no object", _SET_UP)
        return _unreadable(uri, code or f"HTTP {status}", *_BY_CODE.get(code, unknown))
    for kinds, found, expected in _BY_KIND:
        if isinstance(error, kinds):
            return _unreadable(uri, type(error).__name__, found, expected)
    return _unreadable(uri, type(error).__name__, "AWS settings or an answer that boto3 cannot use", _SET_UP)


def _permission(bucket: str, key: str) -> str:
    # Who may not list a bucket is told of a missing object in the same words.
    return (
        f"s3:GetObject allowed on arn:aws:s3:::{bucket}/{key}, kms:Decrypt on the key that encrypts it, if any, and "
        f"s3:ListBucket on arn:aws:s3:::{bucket}, without which an object that is not there looks the same"
    )


def _unreadable(uri: str, name: str, found: str, expected: str) -> RegistryUnreadable:
    return RegistryUnreadable(uri, (Problem("", f"{found} ({name})", expected),))
