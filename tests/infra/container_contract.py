"""What containers and function are given and may do, in any variant."""

from collections.abc import Mapping
from typing import Any

import pytest

from opsportal.settings import load, table
from tests.infra.applied import DIGEST, Applied

_SETTINGS = {row.name: row for row in table()}
_OF_AWS = {"AWS_REGION", "AWS_DEFAULT_REGION"}
_OF_SIGN_IN = {"AUTH", "AUTH_ALB_ARN", "AUTH_ISSUER", "AUTH_CLIENT_ID", "AUTH_NONE_CONFIRMED"}
_OF_EDGE = {"FRAME_ANCESTORS", "TRUSTED_PROXIES"}
_WEB_ALONE = {"HOST", "PORT", "WEB_CONCURRENCY", "CACHE_DIR", "REDIS_URL", *_OF_EDGE, *_OF_SIGN_IN}


class ContainerContract:
    """Tests of the web's container, the one for commands, and whatever takes snapshots."""

    def test_each_is_told_settings_that_there_are_and_none_that_is_secret(self, stack: Applied) -> None:
        """The portal takes them as they are; where tokens lie is told, and the tokens are not."""
        for environment in _environments(stack).values():
            told = set(environment) - _OF_AWS
            assert told <= set(_SETTINGS)
            assert {name for name in told if _SETTINGS[name].secret} <= {"REDIS_URL"}
            assert "@" not in environment.get("REDIS_URL", "")

            settings = load(environment, env_file=None)
            assert settings.secrets_id == stack.outputs["secret_arn"]
            assert str(settings.queue_registry) == f"s3://{stack.outputs['config_bucket']}/queue_registry.json"
            assert environment["HISTORY_URL"].startswith(f"dynamodb://{stack.outputs['history_table']}?region=")
            assert settings.jira_base_url is not None

    def test_the_web_alone_is_told_how_to_serve(self, stack: Applied) -> None:
        """What takes snapshots reads by itself, into no cache and for nobody's browser."""
        environments = _environments(stack)
        web = environments.pop("portal")

        settings = load(web, env_file=None)
        assert (settings.host, settings.port) == ("0.0.0.0", 8080)  # noqa: S104 - the container's own
        assert settings.web_concurrency == 2
        assert str(settings.cache_dir) == "/tmp/opsportal"  # noqa: S108 - the task's own
        assert settings.snapshot_at is None
        assert not [name for environment in environments.values() for name in _WEB_ALONE & set(environment)]

    def test_the_web_believes_the_balancer_of_the_stack_or_nobody_signs_in(self, stack: Applied) -> None:
        """Whoever signs people in is the one that is looked at, and a firewall keeps others out where there is none."""
        settings = load(stack.environment_of("portal"), env_file=None)
        oidc = stack.variables.get("oidc")

        if oidc is None:
            assert (settings.auth, settings.auth_none_confirmed, settings.auth_alb_arn) == ("none", "yes", None)
            return
        assert (settings.auth, settings.auth_none_confirmed) == ("alb-oidc", None)
        assert settings.auth_alb_arn == stack.resources["aws_lb.portal"]["arn"]
        assert (settings.auth_issuer, settings.auth_client_id) == (oidc["issuer"], oidc["client_id"])

    def test_the_region_is_told_where_nobody_else_tells_it(self, stack: Applied) -> None:
        """Lambda sets it itself, and refuses a function that would."""
        told = {name: _OF_AWS & set(environment) for name, environment in _environments(stack).items()}

        assert told.pop("function", set()) == set()
        assert all(names == _OF_AWS for names in told.values())
        assert stack.environment_of("portal")["AWS_REGION"] == stack.variant.region

    def test_nothing_runs_as_root_or_writes_to_its_image(self, stack: Applied) -> None:
        """The user is the image's own, and /tmp the one place to write to."""
        for container in _containers(stack).values():
            assert container["readonlyRootFilesystem"] is True
            assert container["user"] == "10001"
            assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
            assert container["linuxParameters"]["initProcessEnabled"] is True
            assert [mount["containerPath"] for mount in container["mountPoints"]] == ["/tmp"]  # noqa: S108
            assert not container.get("privileged")
            assert not container.get("secrets")

    def test_the_image_is_pinned_by_its_digest(self, stack: Applied) -> None:
        """A tag that moves changes nothing that runs."""
        wanted = f"{stack.outputs['image_repository_url']}@{DIGEST}"

        assert {container["image"] for container in _containers(stack).values()} == {wanted}
        if (function := _function(stack)) is not None:
            assert stack.session.client("lambda").get_function(FunctionName=function)["Code"]["ImageUri"] == wanted

    def test_the_web_is_asked_how_it_is_and_given_time_to_end(self, stack: Applied) -> None:
        """By a program of the image; the grace is longer than the portal's own 20 s."""
        web = stack.container("portal")

        assert web["healthCheck"]["command"] == ["CMD", "python", "-m", "dashboard.healthcheck"]
        assert web["stopTimeout"] == 60
        assert [port["containerPort"] for port in web["portMappings"]] == [8080]

    def test_a_release_that_fails_is_taken_back(self, stack: Applied) -> None:
        """And the old tasks serve until the new ones do."""
        told = stack.session.client("ecs").describe_services(
            cluster=stack.outputs["cluster"], services=[stack.outputs["service"]]
        )
        (service,) = told["services"]

        deployment = service["deploymentConfiguration"]
        assert deployment["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        assert (deployment["minimumHealthyPercent"], deployment["maximumPercent"]) == (100, 200)

    def test_tasks_are_added_when_processors_are_busy(self, stack: Applied) -> None:
        """From the count that is always there to the highest that is allowed."""
        (target,) = stack.aws.scaling.targets.values()
        (policy,) = stack.aws.scaling.policies.values()

        wanted = (stack.variables.get("desired_count", 2), stack.variables.get("max_count", 4))
        assert (target["MinCapacity"], target["MaxCapacity"]) == wanted
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        assert tracking["TargetValue"] == 60
        metric = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]
        assert metric == "ECSServiceAverageCPUUtilization"

    @pytest.mark.parametrize("role", ["execution", "task", "snapshot", "scheduler"])
    def test_no_role_may_delete_or_do_anything_it_likes(self, stack: Applied, role: str) -> None:
        """Each action is named, on a resource that is named; only logging in to the registry of images has none."""
        for statement in stack.policies_of(role):
            actions = _listed(statement["Action"])
            assert statement["Effect"] == "Allow"
            assert not [action for action in actions if "*" in action or "Delete" in action]
            if actions != ["ecr:GetAuthorizationToken"]:
                assert "*" not in _listed(statement["Resource"])

    @pytest.mark.parametrize("role", ["execution", "task", "snapshot", "scheduler"])
    def test_no_role_is_taken_on_for_another_account(self, stack: Applied, role: str) -> None:
        """A service takes it on for this account alone; Lambda sends no account, and takes on its function's only."""
        trusted = stack.trust_of(role)

        for statement in trusted:
            (service,) = _listed(statement["Principal"]["Service"])
            condition = statement.get("Condition", {}).get("StringEquals", {})
            assert service == "lambda.amazonaws.com" or condition["aws:SourceAccount"]
        assert trusted


def _containers(stack: Applied) -> dict[str, Mapping[str, Any]]:
    names = ["portal", "job", *(["snapshot[0]"] if _function(stack) is None else [])]
    return {name: stack.container(name) for name in names}


def _environments(stack: Applied) -> dict[str, dict[str, str]]:
    environments = {name: stack.environment_of(name) for name in _containers(stack)}
    if (function := _function(stack)) is not None:
        environments["function"] = stack.function_environment(function)
    return environments


def _function(stack: Applied) -> str | None:
    name = stack.outputs.get("snapshot_function")
    return None if name is None else str(name)


def _listed(found: str | list[str]) -> list[str]:
    return [found] if isinstance(found, str) else list(found)
