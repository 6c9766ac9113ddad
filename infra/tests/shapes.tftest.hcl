# What each variable of shape changes.

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
  allowed_cidrs = ["203.0.113.0/24"]
}

run "people_sign_in_and_nothing_has_a_public_address" {
  command = plan

  variables {
    egress_mode     = "nat"
    snapshot_runner = "ecs"
    domain_name     = "portal.example.com"
    zone_id         = "Z0123456789EXAMPLE"
    enable_waf      = false
    # An empty list lets everybody come as far as the sign-in.
    allowed_cidrs = []

    oidc_client_secret = "of-a-test"
    oidc = {
      issuer                 = "https://login.example.com"
      authorization_endpoint = "https://login.example.com/authorize"
      token_endpoint         = "https://login.example.com/token"
      user_info_endpoint     = "https://login.example.com/userinfo"
      client_id              = "opsportal"
    }
  }

  # egress_mode = nat
  assert {
    condition     = length(aws_nat_gateway.portal) == 1 && length(aws_route.nat) == 1
    error_message = "Private subnets have one NAT gateway."
  }

  assert {
    condition     = !aws_ecs_service.portal.network_configuration[0].assign_public_ip && output.job_network.awsvpcConfiguration.assignPublicIp == "DISABLED"
    error_message = "No task has a public address."
  }

  # snapshot_runner = ecs
  assert {
    condition     = length(aws_lambda_function.snapshot) == 0 && output.snapshot_function == null && length(aws_ecr_repository_policy.lambda) == 0
    error_message = "There is no function."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.snapshot.target[0].input).containerOverrides[0].command == ["python", "-m", "opsportal", "snapshot", "--scheduled-at", "<aws.scheduler.scheduled-time>"]
    error_message = "The task is told the instant it was meant for."
  }

  assert {
    condition     = strcontains(aws_scheduler_schedule.snapshot.target[0].input, "<aws.scheduler.scheduled-time>")
    error_message = "Scheduler looks for its words in exactly this form."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.snapshot[0].container_definitions)[0].logConfiguration.options.awslogs-group == aws_cloudwatch_log_group.snapshot.name
    error_message = "It writes where alarms on snapshots look."
  }

  # domain_name
  assert {
    condition     = aws_lb_listener.portal.protocol == "HTTPS" && aws_lb_listener.portal.port == 443 && aws_vpc_security_group_ingress_rule.balancer_from_cloudfront.from_port == 443
    error_message = "The load balancer listens on HTTPS."
  }

  assert {
    condition     = aws_cloudfront_vpc_origin.portal[0].vpc_origin_endpoint_config[0].origin_protocol_policy == "https-only"
    error_message = "The edge speaks HTTPS with it."
  }

  assert {
    condition     = aws_cloudfront_distribution.portal.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && tolist(aws_cloudfront_distribution.portal.aliases) == tolist(["portal.example.com"])
    error_message = "The edge has the name and a certificate for it."
  }

  assert {
    condition     = keys(aws_route53_record.portal) == ["A", "AAAA"] && output.portal_url == "https://portal.example.com"
    error_message = "The name leads to the edge."
  }

  # oidc
  assert {
    condition     = [for action in aws_lb_listener_rule.portal.action : action.type] == ["authenticate-oidc", "forward"]
    error_message = "Sign-in comes before the portal."
  }

  assert {
    condition = {
      for name, rule in aws_lb_listener_rule.tokens : name => [for action in rule.action : action.type]
    } == { for name in ["exchange", "pages", "programs", "sessions"] : name => ["forward"] }
    error_message = "What brings a token comes past the sign-in, for the portal to judge."
  }

  assert {
    condition = (
      aws_lb_listener_rule.tokens["programs"].priority < aws_lb_listener_rule.inward.priority
      && aws_lb_listener_rule.inward.priority < aws_lb_listener_rule.tokens["sessions"].priority
    )
    error_message = "A program with a token reads /metrics, and nobody else does."
  }

  assert {
    condition     = toset([for rule in aws_lb_listener_rule.tokens : rule.priority < aws_lb_listener_rule.portal.priority]) == toset([true])
    error_message = "They are looked at before people are asked to sign in."
  }

  assert {
    condition     = [for condition in aws_lb_listener_rule.tokens["programs"].condition : length(condition.path_pattern) + length(condition.http_header)] == [1, 1]
    error_message = "A program comes past with a token, and on its own paths alone."
  }

  assert {
    condition = [
      for name in ["AUTH", "AUTH_ISSUER", "AUTH_CLIENT_ID", "AUTH_NONE_CONFIRMED"] :
      lookup(local.settings_web, name, null)
    ] == ["alb-oidc", "https://login.example.com", "opsportal", null]
    error_message = "The portal looks at what the load balancer signs."
  }

  assert {
    condition     = length([for name in keys(local.settings_job) : name if startswith(name, "AUTH")]) == 0
    error_message = "Commands are told nothing about signing in."
  }

  assert {
    condition     = [for action in aws_lb_listener_rule.open.action : action.type] == ["forward"]
    error_message = "Scripts that the edge keeps for everybody come without a session."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.balancer_to_oidc[0].from_port == 443 && length(aws_wafv2_web_acl.portal) == 0
    error_message = "The load balancer reaches the provider."
  }
}

run "a_public_load_balancer_and_a_cache_of_its_own" {
  command = plan

  variables {
    edge_mode           = "public_alb"
    domain_name         = "portal.example.com"
    zone_id             = "Z0123456789EXAMPLE"
    cache_backend       = "memory"
    desired_count       = 1
    max_count           = 1
    deletion_protection = false
  }

  # edge_mode = public_alb
  assert {
    condition     = !aws_lb.portal.internal && length(aws_cloudfront_vpc_origin.portal) == 0
    error_message = "The load balancer has public addresses."
  }

  assert {
    condition = alltrue([
      for rule in [aws_lb_listener_rule.open, aws_lb_listener_rule.portal] :
      length([for condition in rule.condition : condition if length(condition.http_header) == 1]) == 1
    ])
    error_message = "Every rule that lets something through asks for the secret header."
  }

  assert {
    condition     = aws_lb_listener.portal.default_action[0].fixed_response[0].status_code == "403"
    error_message = "What has no header is refused."
  }

  # cache_backend = memory
  assert {
    condition     = length(aws_elasticache_replication_group.cache) == 0 && length(aws_security_group.cache) == 0
    error_message = "There is no cache node."
  }

  assert {
    condition     = !contains([for each in jsondecode(aws_ecs_task_definition.portal.container_definitions)[0].environment : each.name], "REDIS_URL")
    error_message = "Nobody is told of a Redis."
  }

  # deletion_protection = false
  assert {
    condition     = !aws_dynamodb_table.history.deletion_protection_enabled && !aws_lb.portal.enable_deletion_protection && aws_secretsmanager_secret.portal.recovery_window_in_days == 0
    error_message = "Table, load balancer and secret can be deleted."
  }

  assert {
    condition     = aws_s3_bucket.assets.force_destroy && aws_s3_bucket.config.force_destroy && aws_ecr_repository.portal.force_delete
    error_message = "Buckets and repository are emptied."
  }
}

run "size_retention_and_processor_follow_their_variables" {
  command = plan

  variables {
    cpu                = 2048
    memory             = 4096
    cpu_architecture   = "X86_64"
    desired_count      = 3
    max_count          = 6
    history_ttl_days   = 1095
    log_retention_days = 90
    frame_ancestors    = ["'self'", "https://intranet.example.com"]
    settings           = { JIRA_BASE_URL = "https://jira.example.com:8443", TEMPO_BASE_URL = "http://tempo.example.com" }
  }

  assert {
    condition = {
      for each in jsondecode(aws_ecs_task_definition.portal.container_definitions)[0].environment : each.name => each.value
      if contains(["WEB_CONCURRENCY", "HISTORY_URL", "FRAME_ANCESTORS"], each.name)
      } == {
      WEB_CONCURRENCY = "4"
      HISTORY_URL     = "dynamodb://opsportal?region=eu-west-1&ttl_days=1095"
      FRAME_ANCESTORS = "'self' https://intranet.example.com"
    }
    error_message = "Workers follow the processor, days expire, frames are allowed."
  }

  assert {
    condition     = aws_appautoscaling_target.portal.min_capacity == 3 && aws_appautoscaling_target.portal.max_capacity == 6
    error_message = "There are three to six tasks."
  }

  assert {
    condition     = aws_lambda_function.snapshot[0].architectures == tolist(["x86_64"]) && aws_ecs_task_definition.portal.runtime_platform[0].cpu_architecture == "X86_64"
    error_message = "Tasks and function have the same processor."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.tasks_to_sources)) == toset(["443", "80", "8443"])
    error_message = "Ports of the sources are open, and no others."
  }

  assert {
    condition     = alltrue([for group in [aws_cloudwatch_log_group.portal, aws_cloudwatch_log_group.snapshot, aws_cloudwatch_log_group.job] : group.retention_in_days == 90])
    error_message = "Every log is kept for as long."
  }
}
