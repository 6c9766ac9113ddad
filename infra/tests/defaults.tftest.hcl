# The stack as it is when only what has to be said is said.

mock_provider "aws" {
  source          = "./tests"
  override_during = plan
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "./tests"
  override_during = plan
}

variables {
  region        = "eu-west-1"
  image_digest  = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  enable_waf    = true
  allowed_cidrs = ["203.0.113.0/24", "2001:db8::/32"]
  settings      = { JIRA_BASE_URL = "https://example.atlassian.net", JIRA_EMAIL = "portal@example.com" }
}

# Each of its own, so that one cannot be taken for another.
override_resource {
  target          = aws_security_group.balancer
  values          = { id = "sg-balancer" }
  override_during = plan
}

override_resource {
  target          = aws_security_group.tasks
  values          = { id = "sg-tasks" }
  override_during = plan
}

# One plan: making it takes seconds, looking at it takes none.
run "the_stack_as_it_is_by_default" {
  command = plan

  # Nothing of the portal is on the internet but the edge.
  assert {
    condition     = aws_lb.portal.internal && length(aws_cloudfront_vpc_origin.portal) == 1
    error_message = "The load balancer is internal, and CloudFront reaches it through a VPC origin."
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.balancer_from_cloudfront.prefix_list_id == "pl-0123456789abcdef0"
      && aws_vpc_security_group_ingress_rule.tasks_from_balancer.referenced_security_group_id == "sg-balancer"
      && aws_vpc_security_group_ingress_rule.cache_from_tasks[0].referenced_security_group_id == "sg-tasks"
    )
    error_message = "Each part lets in the one before it and nobody else."
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.tasks_to_sources) == ["443"]
    error_message = "Tasks reach HTTPS and nothing else."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.assets.restrict_public_buckets && aws_s3_bucket_public_access_block.config.restrict_public_buckets
    error_message = "No bucket is public."
  }

  # The portal is told where its things are and no secret.
  assert {
    condition = { for each in jsondecode(aws_ecs_task_definition.portal.container_definitions)[0].environment : each.name => each.value } == {
      AUTH_NONE_CONFIRMED = "yes"
      AWS_DEFAULT_REGION  = "eu-west-1"
      AWS_REGION          = "eu-west-1"
      CACHE_DIR           = "/tmp/opsportal"
      FRAME_ANCESTORS     = "'self'"
      HISTORY_URL         = "dynamodb://opsportal?region=eu-west-1"
      HOST                = "0.0.0.0"
      JIRA_BASE_URL       = "https://example.atlassian.net"
      JIRA_EMAIL          = "portal@example.com"
      PORT                = "8080"
      QUEUE_REGISTRY      = "s3://opsportal-config-123456789012-eu-west-1/queue_registry.json"
      REDIS_URL           = "rediss://master.opsportal.abcdef.euw1.cache.amazonaws.com:6379/0"
      SECRETS_ID          = aws_secretsmanager_secret.portal.arn
      TRUSTED_PROXIES     = "2"
      WEB_CONCURRENCY     = "2"
    }
    error_message = "The environment of the portal is another one."
  }

  assert {
    condition = { for each in jsondecode(aws_ecs_task_definition.job.container_definitions)[0].environment : each.name => each.value } == {
      AWS_DEFAULT_REGION = "eu-west-1"
      AWS_REGION         = "eu-west-1"
      HISTORY_URL        = "dynamodb://opsportal?region=eu-west-1"
      JIRA_BASE_URL      = "https://example.atlassian.net"
      JIRA_EMAIL         = "portal@example.com"
      QUEUE_REGISTRY     = "s3://opsportal-config-123456789012-eu-west-1/queue_registry.json"
      SECRETS_ID         = aws_secretsmanager_secret.portal.arn
    }
    error_message = "The environment of commands is another one."
  }

  assert {
    condition     = !anytrue([for name in keys(aws_lambda_function.snapshot[0].environment[0].variables) : startswith(name, "AWS_")])
    error_message = "Lambda refuses to be told names that it sets itself."
  }

  # Containers run one image and may do little.
  assert {
    condition = alltrue([
      for container in [
        jsondecode(aws_ecs_task_definition.portal.container_definitions)[0],
        jsondecode(aws_ecs_task_definition.job.container_definitions)[0],
        ] : (
        container.image == "${aws_ecr_repository.portal.repository_url}@${var.image_digest}"
        && container.readonlyRootFilesystem
        && container.user == "10001"
        && container.linuxParameters.capabilities.drop == ["ALL"]
        && container.mountPoints[0].containerPath == "/tmp"
        && container.stopTimeout == 60
      )
    ])
    error_message = "Image by digest, read-only root, a user of its own, no capabilities, /tmp to write on."
  }

  assert {
    condition     = aws_lambda_function.snapshot[0].image_uri == "${aws_ecr_repository.portal.repository_url}@${var.image_digest}" && aws_lambda_function.snapshot[0].architectures == tolist(["arm64"])
    error_message = "The function runs the same image, built for the same processor."
  }

  # The schedule hands over the instant it was meant for.
  assert {
    condition     = aws_scheduler_schedule.snapshot.target[0].input == "{\"scheduled_at\": \"<aws.scheduler.scheduled-time>\"}"
    error_message = "Scheduler looks for its words in exactly this form."
  }

  assert {
    condition     = length(aws_ecs_task_definition.snapshot) == 0 && length(aws_scheduler_schedule.snapshot.target[0].ecs_parameters) == 0
    error_message = "Only the function takes the snapshot."
  }

  # Pages are never kept at the edge and scripts are.
  assert {
    condition     = aws_cloudfront_distribution.portal.default_cache_behavior[0].cache_policy_id == local.caching_disabled && aws_cloudfront_distribution.portal.default_cache_behavior[0].origin_request_policy_id == local.all_viewer
    error_message = "The default is not kept, and passes cookies and query strings on."
  }

  assert {
    condition = { for each in aws_cloudfront_distribution.portal.ordered_cache_behavior : each.path_pattern => each.target_origin_id } == {
      "/_dash-component-suites/*" = "portal"
      "/assets/*"                 = "assets"
      "/errors/*"                 = "assets"
    }
    error_message = "Bundles come from the portal, assets and the error page from the bucket."
  }

  assert {
    condition     = aws_cloudfront_cache_policy.bundles.min_ttl == 0 && aws_cloudfront_cache_policy.bundles.default_ttl == 0
    error_message = "What the portal does not let anybody keep is not kept."
  }

  assert {
    condition     = { for each in aws_cloudfront_distribution.portal.custom_error_response : each.error_code => each.response_page_path if each.response_page_path != null && each.response_page_path != "" } == { 502 = "/errors/unavailable.html", 504 = "/errors/unavailable.html" }
    error_message = "Only what the portal never says itself has a page of the edge."
  }

  # Only the networks that were named get through.
  assert {
    condition     = aws_wafv2_ip_set.allowed["ipv4"].addresses == toset(["203.0.113.0/24"]) && aws_wafv2_ip_set.allowed["ipv6"].addresses == toset(["2001:db8::/32"])
    error_message = "Each network is in the set of its kind."
  }

  assert {
    condition     = one([for rule in aws_wafv2_web_acl.portal[0].rule : length(rule.action[0].block) if rule.name == "not-allowed"]) == 1
    error_message = "Who is in none of the sets is kept out."
  }

  # History is protected.
  assert {
    condition     = aws_dynamodb_table.history.deletion_protection_enabled && aws_dynamodb_table.history.point_in_time_recovery[0].enabled && aws_dynamodb_table.history.server_side_encryption[0].enabled
    error_message = "Deletion protection, recovery and encryption are on."
  }

  assert {
    condition     = [aws_dynamodb_table.history.hash_key, aws_dynamodb_table.history.range_key, aws_dynamodb_table.history.ttl[0].attribute_name] == ["queue", "day", "expires_at"]
    error_message = "Keys and expiry are those the portal writes."
  }

  # Tasks have addresses of their own.
  assert {
    condition     = length(aws_nat_gateway.portal) == 0 && aws_ecs_service.portal.network_configuration[0].assign_public_ip
    error_message = "Tasks have public addresses in place of a NAT gateway."
  }

  # Without a name of ones own.
  assert {
    condition     = aws_lb_listener.portal.protocol == "HTTP" && length(aws_acm_certificate.edge) == 0 && output.portal_url == "https://d0123456789abc.cloudfront.net"
    error_message = "The portal is found under a name of CloudFront's."
  }
}
