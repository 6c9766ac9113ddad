"""What keeps boto3 from getting an answer of AWS, in words with what to do.

Texts of boto3 and of the answers are never repeated: they quote what was sent, which may be a credential.
"""

import re

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

RAISED = (boto.BotoCoreError, boto.ClientError, ResponseParserError, HTTPError, OSError, ValueError)
"""What a call may raise, the making of its client and the reading of a body included."""

LOGIN = (
    "credentials that are valid now: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (temporary ones with "
    "AWS_SESSION_TOKEN), AWS_PROFILE, or the role of the machine or task"
)
LOGIN_CODES = (
    *("InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"),
    *("MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignatureException"),
    *("SignatureDoesNotMatch", "InvalidSignatureException"),
    *("ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired"),
)
"""Codes of answers that say: these credentials are none."""

NO_WAY = (boto.ConnectionError, boto.HTTPClientError, boto.IncompleteReadError, HTTPError, OSError)
"""Nobody answered, or the answer broke off. Answers that came too late are among them."""

_KINDS: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    ((boto.NoCredentialsError,), "no credentials for {service}", LOGIN),
    ((boto.PartialCredentialsError,), "only a part of the credentials for {service}", LOGIN),
    (
        (boto.CredentialRetrievalError, boto.TokenRetrievalError, boto.SSOError, boto.LoginError),
        "credentials for {service} that could not be fetched",
        LOGIN,
    ),
    (
        (boto.ProfileNotFound, boto.ConfigParseError, boto.ConfigNotFound),
        "AWS settings that cannot be read",
        "{set_up}",
    ),
    ((boto.NoRegionError, boto.InvalidRegionError), "no region that AWS has", "{region}"),
    ((boto.SSLError,), "a TLS certificate that is not accepted", "{network}"),
    ((boto.ConnectTimeoutError, boto.ReadTimeoutError), "no answer from {service} in time", "{network}"),
    (NO_WAY, "no connection to {service}, or one that broke off", "{network}"),
)


def code_of(error: Exception) -> str:
    """The code in an answer; empty when there was no answer."""
    code = str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, boto.ClientError) else ""
    # A stranger's server may answer at an endpoint of its own: only what looks like a code is shown.
    return code if re.fullmatch(r"[A-Za-z0-9.]{1,60}", code) else ""


def status_of(error: boto.ClientError) -> int:
    """The status of an answer; 0 when there is none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def set_up(region_in: str, endpoint_in: str) -> str:
    """What settings have to be, where they are to blame: the places of region and endpoint among them."""
    return f"AWS settings that fit: look at AWS_PROFILE, {region_in}, {endpoint_in} and ~/.aws"


def unanswered(error: Exception, service: str, *, region: str, region_in: str, endpoint_in: str) -> tuple[str, str]:
    """What was found and what is expected, for an error that no answer of the service brought.

    `region` says what the region should be; `region_in` and `endpoint_in` name the places where they are set.
    """
    words = {
        "service": service,
        "region": region,
        "set_up": set_up(region_in, endpoint_in),
        "network": f"a way to {service}: look at the network, the proxy, {region_in} and {endpoint_in}",
    }
    for kinds, found, expected in _KINDS:
        if isinstance(error, kinds):
            return found.format_map(words), expected.format_map(words)
    return "AWS settings or an answer that boto3 cannot use", words["set_up"]
