locals {
  container_port = 8080
  image          = var.image_digest == null ? null : "${aws_ecr_repository.portal.repository_url}@${var.image_digest}"

  # What every part of the portal is told; nothing in it is secret. Who may see what concerns pages alone.
  settings_common = merge({ for name, value in var.settings : name => value if !startswith(name, "AUTH_") }, {
    SECRETS_ID     = aws_secretsmanager_secret.portal.arn
    QUEUE_REGISTRY = "s3://${aws_s3_bucket.config.bucket}/${local.registry_key}"
    HISTORY_URL = join("", [
      "dynamodb://${aws_dynamodb_table.history.name}?region=${var.region}",
      var.history_ttl_days == null ? "" : "&ttl_days=${var.history_ttl_days}",
    ])
  })

  # Lambda sets these two itself and refuses to be told.
  settings_job = merge(local.settings_common, {
    AWS_REGION         = var.region
    AWS_DEFAULT_REGION = var.region
  })

  # The load balancer signs people in and the portal looks at its signature, or the firewall keeps others out.
  settings_of_sign_in = local.signs_in ? tomap({
    AUTH           = "alb-oidc"
    AUTH_ALB_ARN   = aws_lb.portal.arn
    AUTH_ISSUER    = var.oidc.issuer
    AUTH_CLIENT_ID = var.oidc.client_id
  }) : tomap({ AUTH_NONE_CONFIRMED = "yes" })

  settings_web = merge(
    local.settings_job,
    { for name, value in var.settings : name => value if startswith(name, "AUTH_") },
    local.settings_of_sign_in,
    {
      HOST            = "0.0.0.0"
      PORT            = tostring(local.container_port)
      WEB_CONCURRENCY = tostring(max(2, floor(var.cpu / 512)))
      CACHE_DIR       = "/tmp/opsportal"
      FRAME_ANCESTORS = join(" ", var.frame_ancestors)
      TRUSTED_PROXIES = "2" # the edge and the load balancer
    },
    local.shared_cache ? {
      REDIS_URL = "rediss://${aws_elasticache_replication_group.cache[0].primary_endpoint_address}:${local.cache_port}/0"
    } : {},
  )

  # The same for each container: the image's own user, nothing to write on but /tmp, nothing that only root may.
  container_common = {
    name                   = "portal"
    image                  = local.image
    essential              = true
    user                   = "10001"
    readonlyRootFilesystem = true
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    linuxParameters = {
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
    }
    # The portal ends within 20 s. A snapshot keeps the queue that it is at.
    stopTimeout = 60
  }

  # A public address is the way out where there is no NAT gateway; nothing but the load balancer is let in by it.
  task_subnets   = local.nat ? aws_subnet.private[*].id : aws_subnet.public[*].id
  task_public_ip = !local.nat
}

################################################################################
# Images
################################################################################

resource "aws_ecr_repository" "portal" {
  name                 = local.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.deletion_protection

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

# Tagged images stay: a rollback goes to one of them.
resource "aws_ecr_lifecycle_policy" "portal" {
  repository = aws_ecr_repository.portal.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Images without a tag go after two weeks"
      selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 14 }
      action       = { type = "expire" }
    }]
  })
}

################################################################################
# Cluster and logs
################################################################################

resource "aws_ecs_cluster" "portal" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

resource "aws_cloudwatch_log_group" "portal" {
  name              = "/${local.name}/portal"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "snapshot" {
  name              = "/${local.name}/snapshot"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "job" {
  name              = "/${local.name}/job"
  retention_in_days = var.log_retention_days
}

################################################################################
# Web
################################################################################

resource "aws_ecs_task_definition" "portal" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge(local.container_common, {
    portMappings = [{ containerPort = local.container_port, hostPort = local.container_port, protocol = "tcp" }]
    environment  = [for name, value in local.settings_web : { name = name, value = value }]
    healthCheck = {
      command     = ["CMD", "python", "-m", "dashboard.healthcheck"]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.portal.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "web"
      }
    }
  })])

  lifecycle {
    precondition {
      condition     = local.image != null
      error_message = "There is no image_digest yet. Make the repository first (-target=aws_ecr_repository.portal), push the image, then apply with its digest."
    }
  }
}

resource "aws_ecs_service" "portal" {
  name                               = local.name
  cluster                            = aws_ecs_cluster.portal.id
  task_definition                    = aws_ecs_task_definition.portal.arn
  launch_type                        = "FARGATE"
  desired_count                      = var.desired_count
  availability_zone_rebalancing      = "ENABLED"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  propagate_tags                     = "SERVICE"

  # A release that does not become healthy is taken back.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = local.task_subnets
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = local.task_public_ip
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.portal.arn
    container_name   = local.container_common.name
    container_port   = local.container_port
  }

  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [
    aws_lb_listener_rule.portal,
    aws_lb_listener_rule.tokens,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_secretsmanager_secret_version.placeholder,
    aws_vpc_security_group_egress_rule.tasks_to_sources,
  ]
}

################################################################################
# As many tasks as processors ask for
################################################################################

resource "aws_appautoscaling_target" "portal" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.portal.name}/${aws_ecs_service.portal.name}"
  min_capacity       = var.desired_count
  max_capacity       = var.max_count
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "${local.name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.portal.service_namespace
  scalable_dimension = aws_appautoscaling_target.portal.scalable_dimension
  resource_id        = aws_appautoscaling_target.portal.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_in_cooldown  = 300
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

################################################################################
# Commands: backfill, import and export of history
################################################################################

resource "aws_ecs_task_definition" "job" {
  family                   = "${local.name}-job"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.snapshot.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  volume {
    name = "tmp"
  }

  # `aws ecs run-task --overrides` puts the command of the day in place of this one, which harms nobody.
  container_definitions = jsonencode([merge(local.container_common, {
    command     = ["python", "-m", "opsportal", "check"]
    environment = [for name, value in local.settings_job : { name = name, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.job.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "job"
      }
    }
  })])

  lifecycle {
    precondition {
      condition     = local.image != null
      error_message = "There is no image_digest yet. Make the repository first (-target=aws_ecr_repository.portal), push the image, then apply with its digest."
    }
  }
}
