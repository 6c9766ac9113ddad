"""How requests come in, in any variant."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from tests.infra.applied import Applied

_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"

Behaviour: TypeAlias = Mapping[str, Any]


class EdgeContract:
    """Tests of the distribution, of the balancer behind it, and of who may talk to whom."""

    def test_pages_are_never_kept_and_come_with_all_that_was_asked(self, stack: Applied) -> None:
        """A page's query string and a callback's body reach the portal; nobody gets what somebody else was shown."""
        behaviour = _behaviours(stack)["default"]

        assert behaviour["CachePolicyId"] == _CACHING_DISABLED
        assert behaviour["OriginRequestPolicyId"] == _ALL_VIEWER
        assert "POST" in behaviour["AllowedMethods"]["Items"]
        assert behaviour["TargetOriginId"] == "portal"

    def test_bundles_are_kept_as_long_as_the_portal_says(self, stack: Applied) -> None:
        """Under an address without cookies, and not at all where the portal says nothing."""
        behaviour = _behaviours(stack)["/_dash-component-suites/*"]
        policy = stack.session.client("cloudfront").get_cache_policy(Id=behaviour["CachePolicyId"])
        told = policy["CachePolicy"]["CachePolicyConfig"]

        assert (told["MinTTL"], told.get("DefaultTTL"), told.get("MaxTTL")) == (0, 0, 31_536_000)
        key = told["ParametersInCacheKeyAndForwardedToOrigin"]
        assert key["CookiesConfig"]["CookieBehavior"] == "none"
        assert key["HeadersConfig"]["HeaderBehavior"] == "none"
        assert key["QueryStringsConfig"]["QueryStringBehavior"] == "none"
        assert behaviour["TargetOriginId"] == "portal"

    def test_files_with_their_digest_come_from_the_bucket(self, stack: Applied) -> None:
        """So does the page that is shown while no task answers."""
        behaviours = _behaviours(stack)

        for path in ("/assets/*", "/errors/*"):
            assert behaviours[path]["CachePolicyId"] == _CACHING_OPTIMIZED
            assert behaviours[path]["TargetOriginId"] == "assets"
        pages = {
            told["ErrorCode"]: told.get("ResponsePagePath") for told in _config(stack)["CustomErrorResponses"]["Items"]
        }
        assert pages[502] == pages[504] == "/errors/unavailable.html"
        page = stack.session.client("s3").get_object(
            Bucket=stack.outputs["assets_bucket"], Key="errors/unavailable.html"
        )
        assert b"<html" in page["Body"].read()

    def test_browsers_are_always_sent_to_https(self, stack: Applied) -> None:
        """Whatever the path, and told to stay there."""
        for behaviour in _behaviours(stack).values():
            assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
            assert behaviour["ResponseHeadersPolicyId"]

    def test_the_buckets_are_nobodys_but_the_edges(self, stack: Applied) -> None:
        """Nothing in them is public, and they are not talked to in the clear."""
        s3 = stack.session.client("s3")
        for bucket in (stack.outputs["assets_bucket"], stack.outputs["config_bucket"]):
            assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
            assert '"aws:SecureTransport":"false"' in s3.get_bucket_policy(Bucket=bucket)["Policy"].replace(" ", "")
        assets = _origins(stack)["assets"]
        assert assets["OriginAccessControlId"]

    def test_nothing_but_the_edge_reaches_the_balancer(self, stack: Applied) -> None:
        """One way in, from CloudFront's own addresses; what is behind it is reached from the group before it."""
        rules = _rules_in(stack)
        (cloudfront,) = stack.session.client("ec2").describe_managed_prefix_lists(
            Filters=[{"Name": "prefix-list-name", "Values": ["com.amazonaws.global.cloudfront.origin-facing"]}]
        )["PrefixLists"]

        # ministack forgets the list that a rule names: what was asked of it is in the state.
        (balancer,) = rules.pop(stack.resources["aws_security_group.balancer"]["id"])
        asked = stack.resources["aws_vpc_security_group_ingress_rule.balancer_from_cloudfront"]
        assert asked["security_group_rule_id"] == balancer["SecurityGroupRuleId"]
        assert asked["prefix_list_id"] == cloudfront["PrefixListId"]
        assert not {"CidrIpv4", "CidrIpv6"} & set(balancer)
        (tasks,) = rules.pop(stack.resources["aws_security_group.tasks"]["id"])
        assert tasks["ReferencedGroupInfo"]["GroupId"] == stack.resources["aws_security_group.balancer"]["id"]
        for group in rules.values():
            assert all("ReferencedGroupInfo" in rule for rule in group)

    def test_the_balancer_sends_no_stranger_to_the_portal(self, stack: Applied) -> None:
        """A request that no rule lets through is refused, and counts and states are for those who run it."""
        balancer = stack.session.client("elbv2")
        arn = stack.resources["aws_lb_listener.portal"]["arn"]
        (listener,) = balancer.describe_listeners(ListenerArns=[arn])["Listeners"]
        rules = {rule["Priority"]: rule for rule in balancer.describe_rules(ListenerArn=arn)["Rules"]}

        assert listener["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "403"
        (inward,) = rules["10"]["Actions"]
        assert inward["FixedResponseConfig"]["StatusCode"] == "404"
        assert _paths(rules["10"]) == {"/metrics", "/readyz"}

    def test_no_answer_is_waited_for_longer_behind_than_before(self, stack: Applied) -> None:
        """CloudFront gives up after 60 s, the balancer after 75, and the portal keeps connections for 90."""
        origin = _origins(stack)["portal"]
        waits = origin.get("VpcOriginConfig") or origin["CustomOriginConfig"]
        attributes = stack.session.client("elbv2").describe_load_balancer_attributes(
            LoadBalancerArn=stack.resources["aws_lb.portal"]["arn"]
        )
        told = {pair["Key"]: pair["Value"] for pair in attributes["Attributes"]}

        assert waits["OriginReadTimeout"] == 60
        assert told["idle_timeout.timeout_seconds"] == "75"
        assert told["routing.http.drop_invalid_header_fields.enabled"] == "true"


def _config(stack: Applied) -> Mapping[str, Any]:
    told = stack.session.client("cloudfront").get_distribution(Id=stack.outputs["distribution_id"])
    return told["Distribution"]["DistributionConfig"]


def _behaviours(stack: Applied) -> dict[str, Behaviour]:
    config = _config(stack)
    others = {behaviour["PathPattern"]: behaviour for behaviour in config["CacheBehaviors"]["Items"]}
    return {"default": config["DefaultCacheBehavior"], **others}


def _origins(stack: Applied) -> dict[str, Mapping[str, Any]]:
    return {origin["Id"]: origin for origin in _config(stack)["Origins"]["Items"]}


def _rules_in(stack: Applied) -> dict[str, list[Mapping[str, Any]]]:
    groups = [values["id"] for address, values in stack.resources.items() if address.startswith("aws_security_group.")]
    told = stack.session.client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])
    rules: dict[str, list[Mapping[str, Any]]] = {group: [] for group in groups}
    for rule in told["SecurityGroupRules"]:
        if not rule["IsEgress"]:
            rules[rule["GroupId"]].append(rule)
    return rules


def _paths(rule: Mapping[str, Any]) -> set[str]:
    return {
        path for condition in rule["Conditions"] for path in condition.get("PathPatternConfig", {}).get("Values", ())
    }
