"""Who gets as far as the portal and who has to sign in before, in any variant."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from tests.infra.applied import Applied
from tests.infra.listener_rules import PORTAL, SIGN_IN, Asked, Condition, Rule, conditions, end, outcome

EDGE: Final = "X-Opsportal-Edge"
_BEARER: Final = {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmVk"}
_SESSION: Final = {"x-opsportal-session": "0f3a"}
_COOKIE: Final = {"Cookie": "__Host-opsportal-0f3a=eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmVk"}

_OPEN: Final[Condition] = ("path", "", frozenset({"/healthz", "/_dash-component-suites/*"}))
_ALL: Final[Condition] = ("path", "", frozenset({"/*"}))
_OF_PROGRAMS: Final[Condition] = ("path", "", frozenset({"/api/*", "/metrics"}))
_TOKEN: Final[Condition] = ("header", "Authorization", frozenset({"Bearer *"}))
_EXCHANGE: Final[Condition] = ("path", "", frozenset({"/embed", "/kiosk"}))
_NAMED_IN_A_HEADER: Final[Condition] = ("header", "X-Opsportal-Session", frozenset({"*"}))
_NAMED_IN_THE_ADDRESS: Final[Condition] = ("query", "session", frozenset({"*"}))
_PAST: Final = tuple(
    map(frozenset, [[_OF_PROGRAMS, _TOKEN], [_EXCHANGE], [_NAMED_IN_A_HEADER], [_NAMED_IN_THE_ADDRESS]])
)
"""What docs/embedding.md and infra/README.md say of tokens, in the balancer's words."""

FOR_EVERYBODY: Final = (
    Asked("/healthz"),
    Asked("/_dash-component-suites/dash/dash-renderer.js"),
)
FOR_NOBODY: Final = (
    Asked("/metrics"),
    Asked("/readyz"),
    Asked("/metrics", {"Authorization": "Basic b3BzOg=="}),
    Asked("/metrics?session=0f3a", _SESSION | _COOKIE),
    Asked("/readyz?session=0f3a", _SESSION | _COOKIE),
    Asked("/readyz", _BEARER),
)
WITH_A_TOKEN: Final = (
    Asked("/api/queues/billing/data?period=7", _BEARER),
    Asked("/api/trends", {"authorization": "bearer e30"}),
    Asked("/embed?token=e30&to=queue/billing"),
    Asked("/kiosk?token=e30"),
    Asked("/queue/billing?period=7&session=0f3a", _COOKIE),
    Asked("/?kiosk=1&session=0f3a"),
    Asked("/_dash-update-component", _SESSION | _COOKIE),
    Asked("/export/tickets.csv?session=0f3a", _COOKIE),
)
FOR_PEOPLE: Final = (
    Asked("/"),
    Asked("/", _BEARER),
    Asked("/", _COOKIE),
    Asked("/queue/billing?period=7"),
    Asked("/_dash-update-component", _BEARER),
    Asked("/_dash-layout"),
    Asked("/api/trends"),
    Asked("/api/trends", {"Authorization": "Basic b3BzOg=="}),
    Asked("/api", _BEARER),
    Asked("/apis/trends", _BEARER),
    Asked("/metrics/", _BEARER),
    Asked("/embed/", _BEARER),
    Asked("/embedded?token=e30"),
    Asked("/queue/kiosk?token=e30"),
    Asked("/?sessions=0f3a"),
    Asked("/?token=session"),
    Asked("/export/tickets.csv"),
)


def called(asked: Asked) -> str:
    """The name of a test about a request."""
    return " ".join([asked.address, *asked.headers])


def through(edge: Mapping[str, str], asked: Asked) -> Asked:
    """A request as it comes out of the edge, which replaces what clients send of its own headers."""
    return Asked(asked.address, {**asked.headers, **edge})


class SignInContract:
    """Tests of the listener's rules: what each lets through, and which of them is asked first."""

    @pytest.fixture(scope="class")
    @classmethod
    def rules(cls, stack: Applied) -> Sequence[Rule]:
        """All of them, as the balancer tells them."""
        arn = stack.resources["aws_lb_listener.portal"]["arn"]
        rules: Sequence[Rule] = stack.session.client("elbv2").describe_rules(ListenerArn=arn)["Rules"]
        return rules

    @pytest.fixture(scope="class")
    @classmethod
    def edge(cls, stack: Applied) -> Mapping[str, str]:
        """The headers that the edge puts to each request."""
        told = stack.session.client("cloudfront").get_distribution(Id=stack.outputs["distribution_id"])
        origins = told["Distribution"]["DistributionConfig"]["Origins"]["Items"]
        (headers,) = [origin.get("CustomHeaders", {}) for origin in origins if origin["Id"] == "portal"]
        return {pair["HeaderName"]: pair["HeaderValue"] for pair in headers.get("Items", ())}

    def test_exactly_what_is_documented_needs_no_sign_in(
        self, stack: Applied, rules: Sequence[Rule], edge: Mapping[str, str]
    ) -> None:
        """What brings a token, where people sign in; where nobody does, one rule is for all. Each asks for the key."""
        key = frozenset(("header", name, frozenset({value})) for name, value in edge.items())
        passing = [conditions(rule) for rule in rules if outcome(rule) == PORTAL]
        asking = [conditions(rule) for rule in rules if outcome(rule) == SIGN_IN]
        wanted = [frozenset({_OPEN}), *(_PAST if _signs_in(stack) else [frozenset({_ALL})])]

        assert set(edge) == ({EDGE} if stack.variables.get("edge_mode") == "public_alb" else set())
        assert Counter(passing) == Counter(each | key for each in wanted)
        assert asking == ([{_ALL} | key] if _signs_in(stack) else [])

    @pytest.mark.parametrize("asked", FOR_EVERYBODY, ids=called)
    def test_everybody_gets_what_is_the_same_for_all(
        self, rules: Sequence[Rule], edge: Mapping[str, str], asked: Asked
    ) -> None:
        """Whoever asks."""
        assert end(rules, through(edge, asked)) == PORTAL

    @pytest.mark.parametrize("asked", FOR_NOBODY, ids=called)
    def test_counts_and_states_are_refused(self, rules: Sequence[Rule], edge: Mapping[str, str], asked: Asked) -> None:
        """Whatever else is brought than a program's token, and whatever session is named."""
        assert end(rules, through(edge, asked)) == "404"

    def test_a_program_reads_counts_where_tokens_are(
        self, stack: Applied, rules: Sequence[Rule], edge: Mapping[str, str]
    ) -> None:
        """Its rule is asked before the one that refuses; where nobody signs in there is no such rule."""
        assert end(rules, through(edge, Asked("/metrics", _BEARER))) == (PORTAL if _signs_in(stack) else "404")

    @pytest.mark.parametrize("asked", WITH_A_TOKEN, ids=called)
    def test_what_brings_a_token_is_not_asked_to_sign_in(
        self, rules: Sequence[Rule], edge: Mapping[str, str], asked: Asked
    ) -> None:
        """The portal judges it."""
        assert end(rules, through(edge, asked)) == PORTAL

    @pytest.mark.parametrize("asked", FOR_PEOPLE, ids=called)
    def test_all_else_is_for_people_who_sign_in(
        self, stack: Applied, rules: Sequence[Rule], edge: Mapping[str, str], asked: Asked
    ) -> None:
        """However near to a token's way it comes; where nobody signs in, the portal itself answers."""
        assert end(rules, through(edge, asked)) == (SIGN_IN if _signs_in(stack) else PORTAL)


def _signs_in(stack: Applied) -> bool:
    return stack.variables.get("oidc") is not None
