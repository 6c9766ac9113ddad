"""The settings of signing in: nothing half set, nothing set in vain, no secret that could be guessed."""

import pytest
from pydantic import SecretStr

from opsportal.settings import SettingsError, joined, load
from tests.fakes.signing_in import ALB, PROXY, SECRET


def _problems(env: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        load(env, env_file=None)
    return raised.value.problems


def test_nobody_signs_in_unless_it_is_said() -> None:
    """The default is a portal for one machine."""
    settings = load({}, env_file=None)
    assert (settings.auth, settings.auth_roles_claim, settings.auth_leads) == ("none", "groups", None)


def test_a_balancer_that_signs_people_in() -> None:
    """Its issuer is kept to the letter, groups are separated by commas."""
    settings = load(
        ALB | {"AUTH_ISSUER": "https://login.example.com/", "AUTH_LEADS": " leads, EU leads ,"}, env_file=None
    )
    assert (settings.auth, settings.auth_issuer) == ("alb-oidc", "https://login.example.com/")
    assert settings.auth_leads == frozenset({"leads", "EU leads"})


@pytest.mark.parametrize("name", ["AUTH_ALB_ARN", "AUTH_ISSUER", "AUTH_CLIENT_ID"])
def test_a_balancer_needs_all_three(name: str) -> None:
    """What is missing is named; without it anybody's balancer could let people in."""
    (problem,) = _problems({key: value for key, value in ALB.items() if key != name})
    assert problem.startswith(f"{name}: found nothing; expected ")
    assert "as AUTH and " in problem


def test_a_proxy_needs_its_secret_from_one_of_two_places() -> None:
    """The environment or the secret of SECRETS_ID; the latter is judged when it is read."""
    (problem,) = _problems({"AUTH": "proxy"})
    assert problem == "AUTH_PROXY_SECRET: found nothing; expected a secret of 32 characters or more, as AUTH is set."
    waiting = load({"AUTH": "Proxy", "SECRETS_ID": "portal"}, env_file=None)
    assert waiting.auth_proxy_secret is None
    with pytest.raises(SettingsError, match="AUTH_PROXY_SECRET: found nothing"):
        joined(waiting, {})
    assert joined(waiting, {"AUTH_PROXY_SECRET": SecretStr(SECRET)}).auth_proxy_secret == SecretStr(SECRET)


@pytest.mark.parametrize("secret", ["changeme", "a" * 64, "secretsecretsecretsecretsecret-se", SECRET[:31]])
def test_a_secret_that_could_be_guessed_is_refused_and_not_shown(secret: str) -> None:
    """Short ones, and long ones of few letters."""
    (problem,) = _problems(PROXY | {"AUTH_PROXY_SECRET": secret})
    assert problem.startswith("AUTH_PROXY_SECRET: found a secret that could be guessed; expected at least 32 random")
    assert secret not in problem


@pytest.mark.parametrize(
    ("env", "name", "expected"),
    [
        ({"AUTH_ISSUER": "https://login.example.com"}, "AUTH_ISSUER", "AUTH=alb-oidc beside"),
        ({"AUTH_PROXY_SECRET": SECRET}, "AUTH_PROXY_SECRET", "AUTH=proxy beside"),
        ({"AUTH_ADMINS": "ops"}, "AUTH_ADMINS", "AUTH=alb-oidc or AUTH=proxy beside"),
        (PROXY | {"AUTH_CLIENT_ID": "portal"}, "AUTH_CLIENT_ID", "AUTH=alb-oidc beside"),
    ],
)
def test_a_sign_in_that_is_described_and_not_switched_on_is_refused(
    env: dict[str, str], name: str, expected: str
) -> None:
    """Else everybody would come in where somebody meant to let in a few."""
    (problem,) = _problems(env)
    assert problem.startswith(f"{name}: found a value that nothing looks at")
    assert expected in problem


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("AUTH", "oidc", "one of none, proxy, alb-oidc"),
        ("AUTH_ALB_ARN", "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/x/50dc6c495c0c9188", "ARN of an"),
        ("AUTH_ALB_ARN", ALB["AUTH_ALB_ARN"].replace("eu-west-1", "evil.example/"), "the ARN of an Application"),
        ("AUTH_ISSUER", "http://login.example.com", "an https address"),
        ("AUTH_CLIENT_ID", "two words", "without spaces"),
        ("AUTH_LEADS", ",", "names of groups"),
    ],
)
def test_what_does_not_fit_is_told(name: str, value: str, expected: str) -> None:
    """With what was expected."""
    assert any(problem.startswith(f"{name}: ") and expected in problem for problem in _problems(ALB | {name: value}))
