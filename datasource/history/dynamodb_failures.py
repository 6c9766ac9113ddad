"""What boto3 says went wrong, as errors of history with what to do. None carries a credential or AWS's own text."""

from collections.abc import Mapping

from botocore import exceptions as boto

from datasource.boto_troubles import LOGIN, LOGIN_CODES, code_of, set_up, status_of, unanswered
from datasource.history.errors import HistoryFailed, NotPermitted

CONDITION_FAILED = "ConditionalCheckFailedException"

_REGION_IN, _ENDPOINT_IN = "HISTORY_URL", "AWS_ENDPOINT_URL_DYNAMODB"
_REGION = f"a region in {_REGION_IN} that AWS has, such as region=eu-west-1"
_SET_UP = set_up(_REGION_IN, _ENDPOINT_IN)
_DENIED = ("AccessDeniedException", "AccessDenied", "KMSAccessDeniedException")
_LATER = "DynamoDB to answer; try again later. What was kept before stands"
_CAPACITY = (
    "less to be asked, or a table that is billed on demand; try again later. What was kept before stands, and what "
    "was refused can be taken again"
)

_BY_CODE: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(LOGIN_CODES, ("credentials that DynamoDB does not accept", LOGIN)),
    **dict.fromkeys(
        (
            *("ProvisionedThroughputExceededException", "ThrottlingException", "ThrottledException"),
            *("RequestLimitExceeded", "Throttling", "TooManyRequestsException"),
        ),
        ("more requests than the table takes, again when asked again", _CAPACITY),
    ),
    "RequestTimeTooSkewed": ("a clock that differs from that of AWS", "the clock of this machine set right"),
}


def history_error(table: str, region: str, doing: str, error: Exception) -> HistoryFailed:
    """The error of the history in a table. `doing` is the name of the call, such as Query."""
    found, expected = _found(table, region, doing, error)
    name = code_of(error) or type(error).__name__
    kind = NotPermitted if name in _DENIED else HistoryFailed
    return kind(
        f"History in the DynamoDB table {table} ({region}) cannot be used: {found} ({name}). Expected: {expected}."
    )


def strange_answer(table: str, region: str, doing: str) -> HistoryFailed:
    """The error when something answered that is no DynamoDB, as a proxy or a login page may."""
    return HistoryFailed(
        f"History in the DynamoDB table {table} ({region}) cannot be used: the answer to {doing} is not one of "
        f"DynamoDB. Expected: {_SET_UP}."
    )


def _found(table: str, region: str, doing: str, error: Exception) -> tuple[str, str]:
    code, keys = code_of(error), "partition key queue and sort key day, both of type S (docs/operating.md)"
    if code == "ResourceNotFoundException":
        return "there is no such table", f"a table of that name there with {keys}, or another one in {_REGION_IN}"
    if code == "ValidationException":
        return "the table does not take what history asks", f"a table with {keys}"
    if code in _DENIED:
        return f"no permission for {doing}", (
            f"dynamodb:{doing} allowed on arn:aws:dynamodb:{region}:*:table/{table}, and the use of the key that "
            "encrypts it, if it is one of your own"
        )
    if isinstance(error, boto.ClientError):
        trouble = status_of(error) >= 500
        unknown = ("DynamoDB in trouble", _LATER) if trouble else ("an answer that history does not expect", _SET_UP)
        return _BY_CODE.get(code, unknown)
    return unanswered(error, "DynamoDB", region=_REGION, region_in=_REGION_IN, endpoint_in=_ENDPOINT_IN)
