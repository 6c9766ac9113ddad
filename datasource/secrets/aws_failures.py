"""What boto3 says went wrong, as errors of a secret with what to do. None carries a credential or AWS's own text."""

from collections.abc import Mapping

from botocore import exceptions as boto

from datasource.boto_troubles import LOGIN, LOGIN_CODES, code_of, set_up, status_of, unanswered
from datasource.secrets.errors import SecretUnreadable

_REGION_IN, _ENDPOINT_IN = "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_SECRETS_MANAGER"
_REGION = f"the ARN of the secret in SECRETS_ID, or {_REGION_IN} set to its region"
_SET_UP = set_up(_REGION_IN, _ENDPOINT_IN)
_LATER = "Secrets Manager to answer; try again later"
_OTHER = f"a secret of that name with a value, or another one in SECRETS_ID; {_REGION}"

_BY_CODE: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(LOGIN_CODES, ("credentials that Secrets Manager does not accept", LOGIN)),
    "ResourceNotFoundException": ("no such secret, or one without a value", _OTHER),
    "ValidationException": ("what cannot be the name of a secret", _OTHER),
    "InvalidParameterException": ("what cannot be the name of a secret", _OTHER),
    "InvalidRequestException": ("a secret that is marked for deletion, or in no state to be read", _OTHER),
    "DecryptionFailure": (
        "a secret that cannot be decrypted",
        "kms:Decrypt allowed on the key that encrypts it, and that key enabled",
    ),
    **dict.fromkeys(
        ("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"),
        ("more requests than Secrets Manager takes", _LATER),
    ),
    **dict.fromkeys(("InternalServiceError", "InternalFailure"), ("Secrets Manager in trouble", _LATER)),
    "RequestTimeTooSkewed": ("a clock that differs from that of AWS", "the clock of this machine set right"),
}


def secret_error(secret_id: str, error: Exception) -> SecretUnreadable:
    """The error of a secret: what was found and what to do."""
    code = code_of(error)
    if code in {"AccessDeniedException", "AccessDenied"}:
        return _unreadable(secret_id, code, "no permission to read it", _permission(secret_id))
    if isinstance(error, boto.ClientError):
        status = status_of(error)
        trouble = ("Secrets Manager in trouble", _LATER)
        unknown = trouble if status >= 500 else ("an answer that is not one of Secrets Manager", _SET_UP)
        return _unreadable(secret_id, code or f"HTTP {status}", *_BY_CODE.get(code, unknown))
    if isinstance(error, boto.ParamValidationError):
        return _unreadable(secret_id, type(error).__name__, *_BY_CODE["ValidationException"])
    found, expected = unanswered(
        error, "Secrets Manager", region=_REGION, region_in=_REGION_IN, endpoint_in=_ENDPOINT_IN
    )
    return _unreadable(secret_id, type(error).__name__, found, expected)


def strange_answer(secret_id: str) -> SecretUnreadable:
    """The error when something answered that is no Secrets Manager, as a proxy or a login page may."""
    return SecretUnreadable(secret_id, "an answer that is not one of Secrets Manager", _SET_UP)


def _permission(secret_id: str) -> str:
    return (
        f"secretsmanager:GetSecretValue allowed on {secret_id}, and kms:Decrypt on the key that encrypts it, if it is "
        "one of your own"
    )


def _unreadable(secret_id: str, name: str, found: str, expected: str) -> SecretUnreadable:
    return SecretUnreadable(secret_id, f"{found} ({name})", expected)
