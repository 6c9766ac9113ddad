"""What the variables of the stack refuse, and in which words. Nothing but the variables is looked at: no provider."""

import re
from collections.abc import Mapping
from typing import Any, Final

import pytest

from opsportal.settings import table
from tests.infra.terraform import INFRA, Stack, Terraform, TerraformFailed

Given = Mapping[str, Any]

OIDC: Final = {
    "issuer": "https://login.example.com",
    "authorization_endpoint": "https://login.example.com/authorize",
    "token_endpoint": "https://login.example.com/token",
    "user_info_endpoint": "https://login.example.com/userinfo",
    "client_id": "opsportal",
}
NAMED: Final = {"domain_name": "portal.example.com", "zone_id": "Z0123456789EXAMPLE"}
SIGNED_IN: Final = {**NAMED, "oidc": OIDC, "oidc_client_secret": "of-a-test", "egress_mode": "nat"}
ACCEPTED: Final = {"region": "eu-west-1", "enable_waf": True, "allowed_cidrs": ["203.0.113.0/24"]}
OPEN: Final = {"enable_waf": False, "allowed_cidrs": []}

SECRETS: Final = {row.name for row in table() if row.secret}
DECIDED: Final = {
    *("AUTH_NONE_CONFIRMED", "CACHE_DIR", "FRAME_ANCESTORS", "HISTORY_URL", "HOST", "LOG_FORMAT", "PORT"),
    *("PROMETHEUS_MULTIPROC_DIR", "QUEUE_REGISTRY", "SECRETS_ID", "SNAPSHOT_AT", "STATIC_DIR", "URL_PREFIX"),
    *("TRUSTED_PROXIES", "WEB_CONCURRENCY", "AUTH", "AUTH_ALB_ARN", "AUTH_ISSUER", "AUTH_CLIENT_ID"),
}
OTHERS: Final = {row.name for row in table()} - SECRETS - DECIDED


@pytest.fixture(scope="module")
def variables(tool: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The variables alone: a plan of them takes a part of a second."""
    folder = tmp_path_factory.mktemp("variables")
    (folder / "source").mkdir()
    (folder / "source" / "variables.tf").write_bytes((INFRA / "variables.tf").read_bytes())
    copy = tool.stack(folder / "copy", source=folder / "source")
    copy.init()
    return copy


def _words(stack: Stack, given: Given) -> str:
    """What the refusal says, without the frame and the line breaks that terraform puts into it."""
    with pytest.raises(TerraformFailed) as refused:
        stack.plan({**ACCEPTED, **given})
    return " ".join(re.sub(r"[│╷╵]", " ", str(refused.value)).split())


@pytest.mark.parametrize(
    "given",
    [
        {},
        SIGNED_IN | OPEN,
        SIGNED_IN | OPEN | {"egress_mode": "public", "edge_mode": "public_alb"},
        {"cache_backend": "memory", "desired_count": 1, "max_count": 1},
        {"settings": {"LOG_LEVEL": "DEBUG"}, "cpu": 4096, "memory": 30720},
        {"allowed_cidrs": ["203.0.113.7/32", "2001:db8::/32"], "frame_ancestors": ["'none'"]},
        {"image_digest": f"sha256:{'0' * 64}", "history_ttl_days": 1095},
        SIGNED_IN | {"settings": {"AUTH_ADMINS": "portal", "AUTH_ROLES_CLAIM": "roles"}},
    ],
)
def test_what_goes_together_is_accepted(variables: Stack, given: Given) -> None:
    """Else nothing that is refused below would mean anything."""
    variables.plan({**ACCEPTED, **given})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (OPEN, "Anybody on the internet could open this portal."),
        ({"allowed_cidrs": []}, "Anybody on the internet could open this portal."),
        ({"enable_waf": False}, "allowed_cidrs needs enable_waf"),
        ({"edge_mode": "public_alb"}, "edge_mode public_alb needs domain_name"),
        ({"cache_backend": "memory"}, "cache_backend memory needs max_count 1"),
        ({"domain_name": "portal.example.com"}, "domain_name and zone_id go together"),
        ({"zone_id": "Z0123456789EXAMPLE"}, "domain_name and zone_id go together"),
        (SIGNED_IN | {"egress_mode": "public"}, "oidc with edge_mode vpc_origin needs egress_mode nat"),
        (SIGNED_IN | {"domain_name": None, "zone_id": None}, "oidc needs domain_name"),
        (SIGNED_IN | {"oidc_client_secret": None}, "oidc and oidc_client_secret go together."),
        ({"oidc_client_secret": "of-a-test"}, "oidc and oidc_client_secret go together."),
        (SIGNED_IN | {"oidc": OIDC | {"issuer": "http://login.example.com"}}, "begin with https://"),
    ],
)
def test_what_does_not_go_together_is_refused(variables: Stack, given: Given, said: str) -> None:
    """With the rule that it breaks, and what to do."""
    assert said in _words(variables, given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"edge_mode": "direct"}, "edge_mode is vpc_origin or public_alb."),
        ({"egress_mode": "none"}, "egress_mode is public or nat."),
        ({"cache_backend": "disk"}, "cache_backend is memory or valkey_node."),
        ({"snapshot_runner": "cron"}, "snapshot_runner is lambda or ecs."),
        ({"cpu_architecture": "RISCV"}, "cpu_architecture is ARM64 or X86_64."),
        (NAMED | {"domain_name": "https://portal.example.com"}, "domain_name is a host name in lower case"),
        ({"allowed_cidrs": ["203.0.113.0"]}, "Each of allowed_cidrs is a network"),
        ({"allowed_cidrs": ["0.0.0.0/0"]}, "A network that ends in /0 is the whole internet."),
        ({"allowed_cidrs": ["::/0"]}, "A network that ends in /0 is the whole internet."),
        ({"name": "Ops Portal"}, "name has 3 to 20 lower-case letters"),
        ({"image_digest": "latest"}, "image_digest is sha256: and 64 hexadecimal digits"),
        ({"frame_ancestors": ["self"]}, "Each of frame_ancestors is 'self' or 'none'"),
        ({"frame_ancestors": ["https://a.example; script-src *"]}, "Each of frame_ancestors is"),
        ({"snapshot_schedule": {"cron": "15 3 * * *"}}, "The cron of snapshot_schedule has six fields"),
        ({"alarm_emails": ["operations"]}, "Each of alarm_emails is an e-mail address."),
        ({"log_retention_days": 31}, "log_retention_days is one of the numbers"),
        ({"history_ttl_days": 0}, "history_ttl_days is a whole number of at least 1"),
        ({"cpu": 300}, "cpu is 256, 512, 1024, 2048 or 4096."),
        ({"memory": 512}, "Fargate does not pair this memory with this cpu"),
        ({"desired_count": 0}, "desired_count is a whole number from 1 to max_count."),
        ({"desired_count": 5}, "desired_count is a whole number from 1 to max_count."),
        ({"max_count": 0}, "max_count is a whole number of at least 1."),
        ({"settings": {"jira_base_url": "https://example.atlassian.net"}}, "The names in settings are upper-case"),
        ({"settings": {"AWS_PROFILE": "mine"}}, "The stack decides these itself"),
        ({"settings": {"LOG_LEVEL": "ERROR"}}, "LOG_LEVEL is DEBUG or INFO"),
    ],
)
def test_a_value_of_no_use_is_refused(variables: Stack, given: Given, said: str) -> None:
    """With the values that are."""
    assert said in _words(variables, given)


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_among_the_settings_is_refused(variables: Stack, name: str) -> None:
    """Every setting that the portal itself calls secret."""
    said = _words(variables, {"settings": {name: "another"}})

    assert name in said
    assert "Put them into the stack's secret." in said


@pytest.mark.parametrize("name", sorted(DECIDED))
def test_a_setting_that_the_stack_decides_is_refused(variables: Stack, name: str) -> None:
    """Each of them by its name."""
    said = _words(variables, {"settings": {name: "another"}})

    assert "The stack decides these itself" in said
    assert name in said


def test_every_other_setting_of_the_portal_may_be_given(variables: Stack) -> None:
    """One that is added to the portal is not forgotten here: it is either open, decided by the stack, or secret."""
    variables.plan({**ACCEPTED, **SIGNED_IN, "settings": {name: _value(name) for name in OTHERS}})

    assert {row.name for row in table()} >= DECIDED


def test_without_sign_in_every_setting_but_those_of_sign_in_may_be_given(variables: Stack) -> None:
    """None that begins otherwise is held to say what people who sign in may see."""
    given = {name: _value(name) for name in OTHERS if not name.startswith("AUTH_")}

    variables.plan({**ACCEPTED, "settings": given})


@pytest.mark.parametrize("name", sorted(name for name in OTHERS if name.startswith("AUTH_")))
def test_a_setting_of_sign_in_is_refused_where_nobody_signs_in(variables: Stack, name: str) -> None:
    """It would do nothing."""
    assert "nobody does without oidc" in _words(variables, {"settings": {name: "given"}})


def _value(name: str) -> str:
    return "INFO" if name == "LOG_LEVEL" else "given"
