"""What boto3 says went wrong, as errors of the registry with what to do. None carries a credential or S3's own text."""

from collections.abc import Mapping

from botocore import exceptions as boto

from datasource.boto_troubles import LOGIN, LOGIN_CODES, code_of, set_up, status_of, unanswered
from datasource.registry.errors import RegistryError, RegistryMissing, RegistryUnreadable
from datasource.registry.problem import Problem

NOT_MODIFIED = "304"
_REGION_IN, _ENDPOINT_IN = "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3"
_REGION = f"{_REGION_IN} set to the region of the bucket, and {_ENDPOINT_IN} unset or of the same region"
_LATER = "S3 to answer; try again later"
_SPECIAL = "an object that can be read as it is: not archived, not encrypted with a key of the caller's own"

_BY_CODE: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(LOGIN_CODES, ("credentials that S3 does not accept", LOGIN)),
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
        status, settings = status_of(error), set_up(_REGION_IN, _ENDPOINT_IN)
        unknown = ("S3 in trouble", _LATER) if status >= 500 else ("an answer of S3 that is no object", settings)
        return _unreadable(uri, code or f"HTTP {status}", *_BY_CODE.get(code, unknown))
    if isinstance(error, boto.ParamValidationError):
        found, expected = "what cannot be a bucket and a key", "an address such as s3://bucket/key"
    else:
        found, expected = unanswered(error, "S3", region=_REGION, region_in=_REGION_IN, endpoint_in=_ENDPOINT_IN)
    return _unreadable(uri, type(error).__name__, found, expected)


def _permission(bucket: str, key: str) -> str:
    # Who may not list a bucket is told of a missing object in the same words.
    return (
        f"s3:GetObject allowed on arn:aws:s3:::{bucket}/{key}, kms:Decrypt on the key that encrypts it, if any, and "
        f"s3:ListBucket on arn:aws:s3:::{bucket}, without which an object that is not there looks the same"
    )


def _unreadable(uri: str, name: str, found: str, expected: str) -> RegistryUnreadable:
    return RegistryUnreadable(uri, (Problem("", f"{found} ({name})", expected),))
