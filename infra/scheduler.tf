locals {
  # What Scheduler puts the instant in place of. jsonencode would write its angle brackets in another way.
  scheduled_at = "<aws.scheduler.scheduled-time>"

  snapshot_arn = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${local.name}-snapshot"
}

################################################################################
# Snapshot as a function
################################################################################

resource "aws_lambda_function" "snapshot" {
  count = local.snapshot_on_lambda ? 1 : 0

  function_name = "${local.name}-snapshot"
  description   = "Puts the day that has ended into history, for every queue"
  role          = aws_iam_role.snapshot.arn
  package_type  = "Image"
  image_uri     = local.image
  architectures = [var.cpu_architecture == "ARM64" ? "arm64" : "x86_64"]
  memory_size   = 1024

  # As long as Lambda allows. The handler stops reading a minute before.
  timeout = 900

  image_config {
    entry_point = ["python", "-m", "awslambdaric"]
    command     = ["opsportal.aws_lambda.handler"]
  }

  environment {
    variables = local.settings_common
  }

  # Text: lines are written as they are, and they are JSON already.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.snapshot.name
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letters.arn
  }

  lifecycle {
    precondition {
      condition     = local.image != null
      error_message = "There is no image_digest yet. Make the repository first (-target=aws_ecr_repository.portal), push the image, then apply with its digest."
    }
  }

  depends_on = [aws_iam_role_policy.snapshot, aws_ecr_repository_policy.lambda]
}

# A queue that could not be read is tried again after one and two minutes; what was kept stands.
resource "aws_lambda_function_event_invoke_config" "snapshot" {
  count = local.snapshot_on_lambda ? 1 : 0

  function_name                = aws_lambda_function.snapshot[0].function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600
}

# Lambda fetches the image by itself, not by the function's role.
resource "aws_ecr_repository_policy" "lambda" {
  count = local.snapshot_on_lambda ? 1 : 0

  repository = aws_ecr_repository.portal.name
  policy     = data.aws_iam_policy_document.image_for_lambda.json
}

data "aws_iam_policy_document" "image_for_lambda" {
  statement {
    sid     = "FetchForTheFunction"
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:sourceArn"
      values   = [local.snapshot_arn]
    }
  }
}

################################################################################
# Snapshot as a task
################################################################################

resource "aws_ecs_task_definition" "snapshot" {
  count = local.snapshot_on_ecs ? 1 : 0

  family                   = "${local.name}-snapshot"
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

  container_definitions = jsonencode([merge(local.container_common, {
    command     = ["python", "-m", "opsportal", "snapshot"]
    environment = [for name, value in local.settings_job : { name = name, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.snapshot.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "snapshot"
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

################################################################################
# Schedule
################################################################################

resource "aws_scheduler_schedule_group" "portal" {
  name = local.name
}

resource "aws_scheduler_schedule" "snapshot" {
  name                         = "${local.name}-snapshot"
  group_name                   = aws_scheduler_schedule_group.portal.name
  description                  = "The daily snapshot"
  schedule_expression          = var.snapshot_schedule.cron
  schedule_expression_timezone = var.snapshot_schedule.time_zone

  flexible_time_window {
    mode = "OFF"
  }

  # Retries and dead letters here are about the start only; the instant it was meant for stays the same throughout.
  target {
    arn      = local.snapshot_on_lambda ? aws_lambda_function.snapshot[0].arn : aws_ecs_cluster.portal.arn
    role_arn = aws_iam_role.scheduler.arn
    input = (local.snapshot_on_lambda
      ? "{\"scheduled_at\": \"${local.scheduled_at}\"}"
      : "{\"containerOverrides\": [{\"name\": \"${local.container_common.name}\", \"command\": [\"python\", \"-m\", \"opsportal\", \"snapshot\", \"--scheduled-at\", \"${local.scheduled_at}\"]}]}"
    )

    dynamic "ecs_parameters" {
      for_each = aws_ecs_task_definition.snapshot

      content {
        task_definition_arn = ecs_parameters.value.arn
        launch_type         = "FARGATE"
        propagate_tags      = "TASK_DEFINITION"

        network_configuration {
          subnets          = local.task_subnets
          security_groups  = [aws_security_group.tasks.id]
          assign_public_ip = local.task_public_ip
        }
      }
    }

    retry_policy {
      maximum_retry_attempts       = 5
      maximum_event_age_in_seconds = 3600
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}

################################################################################
# What could not be started, and what failed for good
################################################################################

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${local.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}
