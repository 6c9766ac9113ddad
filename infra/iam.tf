################################################################################
# Who may take on a role
################################################################################

data "aws_iam_policy_document" "trust_tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    # Not on behalf of anybody else's tasks.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:ecs:${var.region}:${local.account_id}:*"]
    }
  }
}

data "aws_iam_policy_document" "trust_snapshot" {
  source_policy_documents = [data.aws_iam_policy_document.trust_tasks.json]

  dynamic "statement" {
    for_each = local.snapshot_on_lambda ? ["lambda.amazonaws.com"] : []

    content {
      actions = ["sts:AssumeRole"]

      principals {
        type        = "Service"
        identifiers = [statement.value]
      }
    }
  }
}

data "aws_iam_policy_document" "trust_scheduler" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_scheduler_schedule_group.portal.arn]
    }
  }
}

################################################################################
# Execution: what starts a container
################################################################################

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  description        = "Fetches the image and opens the log"
  assume_role_policy = data.aws_iam_policy_document.trust_tasks.json
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

data "aws_iam_policy_document" "execution" {
  # AWS knows no narrower form of it.
  statement {
    sid       = "LogIn"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "FetchTheImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.portal.arn]
  }

  statement {
    sid     = "WriteLogs"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      "${aws_cloudwatch_log_group.portal.arn}:*",
      "${aws_cloudwatch_log_group.snapshot.arn}:*",
      "${aws_cloudwatch_log_group.job.arn}:*",
    ]
  }
}

################################################################################
# Task: the portal reads
################################################################################

resource "aws_iam_role" "task" {
  name               = "${local.name}-task"
  description        = "Reads history, registry and tokens"
  assume_role_policy = data.aws_iam_policy_document.trust_tasks.json
}

resource "aws_iam_role_policy" "task" {
  name   = "read"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.read.json
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "ReadHistory"
    actions   = ["dynamodb:Query"]
    resources = [aws_dynamodb_table.history.arn]
  }

  statement {
    sid       = "ReadRegistry"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.config.arn}/${local.registry_key}"]
  }

  statement {
    sid       = "ReadTokens"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.portal.arn]
  }
}

################################################################################
# Snapshot, by whatever runs it: reads, and writes days
################################################################################

resource "aws_iam_role" "snapshot" {
  name               = "${local.name}-snapshot"
  description        = "Reads as the portal does, and puts days into history"
  assume_role_policy = data.aws_iam_policy_document.trust_snapshot.json
}

resource "aws_iam_role_policy" "snapshot" {
  name   = "snapshot"
  role   = aws_iam_role.snapshot.id
  policy = data.aws_iam_policy_document.snapshot.json
}

data "aws_iam_policy_document" "snapshot" {
  source_policy_documents = [data.aws_iam_policy_document.read.json]

  statement {
    sid       = "WriteHistory"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.history.arn]
  }

  dynamic "statement" {
    for_each = local.snapshot_on_lambda ? ["${aws_cloudwatch_log_group.snapshot.arn}:*"] : []

    content {
      sid       = "WriteLogs"
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.snapshot_on_lambda ? [aws_sqs_queue.dead_letters.arn] : []

    content {
      sid       = "HandOverFailures"
      actions   = ["sqs:SendMessage"]
      resources = [statement.value]
    }
  }
}

################################################################################
# Scheduler: starts the snapshot and nothing else
################################################################################

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-scheduler"
  description        = "Starts the daily snapshot"
  assume_role_policy = data.aws_iam_policy_document.trust_scheduler.json
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "start"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "KeepWhatCouldNotBeStarted"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters.arn]
  }

  dynamic "statement" {
    for_each = aws_lambda_function.snapshot

    content {
      sid       = "StartTheFunction"
      actions   = ["lambda:InvokeFunction"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = aws_ecs_task_definition.snapshot

    content {
      sid       = "StartTheTask"
      actions   = ["ecs:RunTask"]
      resources = ["${statement.value.arn_without_revision}:*"]

      condition {
        test     = "ArnEquals"
        variable = "ecs:cluster"
        values   = [aws_ecs_cluster.portal.arn]
      }
    }
  }

  dynamic "statement" {
    for_each = aws_ecs_task_definition.snapshot

    content {
      sid       = "TagTheTask"
      actions   = ["ecs:TagResource"]
      resources = ["arn:${local.partition}:ecs:${var.region}:${local.account_id}:task/${aws_ecs_cluster.portal.name}/*"]

      condition {
        test     = "StringEquals"
        variable = "ecs:CreateAction"
        values   = ["RunTask"]
      }
    }
  }

  dynamic "statement" {
    for_each = local.snapshot_on_ecs ? ["ecs-tasks.amazonaws.com"] : []

    content {
      sid       = "HandOverItsRoles"
      actions   = ["iam:PassRole"]
      resources = [aws_iam_role.execution.arn, aws_iam_role.snapshot.arn]

      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = [statement.value]
      }
    }
  }
}
