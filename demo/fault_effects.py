"""What each kind of fault does to a request and to its answer."""

from __future__ import annotations

from dataclasses import replace

from demo.exchange import Answer, Ask, Bend, Delivery, nothing_sent, problem
from demo.fault_bodies import BODIES
from demo.fault_rules import LONGEST_S, Rule
from demo.workflow import compact

_HTML = "text/html;charset=UTF-8"
_LOGIN_PAGE = (
    "<!doctype html><html><head><title>Log in</title></head><body><h1>Log in to continue</h1>"
    '<form method="post"><input name="username"><input name="password" type="password"></form></body></html>'
)


def bent(rule: Rule, ask: Ask) -> Ask:
    """The request as the rest of the demo sees it."""
    n = int(rule.number("n", 1))
    match rule.kind:
        case "expired_login":
            return replace(ask, authorization="Basic ZXhwaXJlZDpleHBpcmVk")
        case "drop_issues":
            return replace(ask, bend=Bend(drop=n))
        case "short_page":
            return replace(ask, bend=Bend(most=n))
        case "duplicate_issues":
            return replace(ask, bend=Bend(shift=n))
        case "repeat_token":
            return replace(ask, bend=Bend(same_token=True))
        case _:
            return ask


def instead(rule: Rule, ask: Ask) -> Answer | None:
    """The answer that goes out in place of the proper one, for kinds that never get so far."""
    match rule.kind:
        case "status":
            return _status(rule)
        case "throttle":
            return _throttle(rule, ask)
        case "html":
            return Answer(_LOGIN_PAGE, content_type=_HTML)
        case "close":
            return nothing_sent()
        case "gateway_401_scope":
            return Answer(compact({"code": 401, "message": "Unauthorized; scope does not match"}), 401)
        case "expired_token":
            return problem(400, "The page token has expired. Start the search again.")
        case _:
            return None


def afterwards(rule: Rule, answer: Answer) -> Answer:
    """The proper answer, delivered badly."""
    if rule.kind == "cut":
        return replace(answer, delivery=Delivery(share=rule.number("share", 0.5)))
    if rule.kind == "slow_body":
        return replace(answer, delivery=Delivery(seconds=rule.number("seconds", 5.0)))
    return answer


def wait_s(rule: Rule) -> float:
    """How long the answer is held back."""
    defaults = {"hang": LONGEST_S, "latency": 1.0}
    return rule.number("seconds", defaults[rule.kind]) if rule.kind in defaults else 0.0


def throttled(ask: Ask, wait: str | None, *, limit: int, reason: str | None = "jira-burst-based") -> Answer:
    """A refusal for too many requests, in the form of the product that was asked."""
    headers = [("Retry-After", wait)] if wait is not None else []
    if ask.path.startswith("/tempo/"):
        return replace(BODIES["tempo"](429), headers=tuple(headers))
    headers += [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", "0")]
    if not ask.dialect.is_cloud:
        headers += [("X-RateLimit-Interval-Seconds", "1"), ("X-RateLimit-FillRate", str(limit))]
        return Answer("", 429, "text/plain", tuple(headers))
    headers += [] if reason is None else [("RateLimit-Reason", reason)]
    return replace(problem(429, "Rate limit exceeded."), headers=tuple(headers))


def _status(rule: Rule) -> Answer:
    status = int(rule.number("status", 503))
    if "json" in rule.settings:
        answer = Answer(compact(rule.settings["json"]), status)
    elif "text" in rule.settings:
        answer = Answer(rule.text("text", ""), status, "text/plain;charset=UTF-8")
    else:
        answer = BODIES[rule.text("body", "jira")](status)
    return replace(answer, headers=_headers(rule))


def _throttle(rule: Rule, ask: Ask) -> Answer:
    wait: str | None = rule.text("retry_after", "") or None
    if wait is None and rule.settings.get("retry_after_s") is not None:
        wait = f"{rule.number('retry_after_s', 0):g}"
    answer = throttled(ask, wait, limit=100, reason=rule.text("reason", "jira-burst-based"))
    return replace(answer, headers=(*answer.headers, *_headers(rule)))


def _headers(rule: Rule) -> tuple[tuple[str, str], ...]:
    given = rule.settings.get("headers")
    return tuple(given.items()) if isinstance(given, dict) else ()
