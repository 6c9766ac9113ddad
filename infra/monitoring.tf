locals {
  # What the portal tells in its log becomes metrics here; the name keeps two portals of one account apart.
  metrics = "Opsportal/${local.name}"

  # Where a run of the snapshot may write: the scheduled one, and one that somebody starts by hand to make up for it.
  snapshot_logs = {
    scheduled = aws_cloudwatch_log_group.snapshot.name
    by_hand   = aws_cloudwatch_log_group.job.name
  }

  # Half an hour, and never less than twice the age at which pages call a queue's numbers stale.
  stale_after_s = max(1800, 4 * tonumber(lookup(var.settings, "CACHE_TTL", "300")))

  hours_without_snapshot = 26

  notified = [aws_sns_topic.alarms.arn]
  runbook  = "docs/runbook.md"
}

################################################################################
# Who is told
################################################################################

# Not encrypted with a key: CloudWatch may not use AWS's own for topics, and an alarm's text is about counts and names.
resource "aws_sns_topic" "alarms" {
  name = "${local.name}-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:cloudwatch:${var.region}:${local.account_id}:alarm:${local.name}-*"]
    }
  }

  dynamic "statement" {
    for_each = local.snapshot_on_ecs ? ["Events"] : []

    # Without a condition: EventBridge sends no context with what it publishes, so that any would refuse all.
    content {
      sid       = statement.value
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.alarms.arn]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

################################################################################
# The portal's own words as metrics
################################################################################

resource "aws_cloudwatch_log_metric_filter" "callback_errors" {
  name           = "${local.name}-callback-errors"
  log_group_name = aws_cloudwatch_log_group.portal.name
  pattern        = "{ $.event = \"callback.failed\" }"

  metric_transformation {
    namespace = local.metrics
    name      = "CallbackErrors"
    value     = "1"
    unit      = "Count"
  }
}

resource "aws_cloudwatch_log_metric_filter" "data_age" {
  name           = "${local.name}-data-age"
  log_group_name = aws_cloudwatch_log_group.portal.name
  pattern        = "{ $.event = \"data.age\" }"

  metric_transformation {
    namespace = local.metrics
    name      = "OldestDataAge"
    value     = "$.oldest_age_s"
    unit      = "Seconds"
  }
}

resource "aws_cloudwatch_log_metric_filter" "snapshots" {
  for_each = local.snapshot_logs

  name           = "${local.name}-snapshots"
  log_group_name = each.value
  pattern        = "{ $.event = \"snapshot.completed\" }"

  metric_transformation {
    namespace = local.metrics
    name      = "Snapshots"
    value     = "1"
    unit      = "Count"
  }
}

resource "aws_cloudwatch_log_metric_filter" "snapshot_failures" {
  for_each = local.snapshot_logs

  name           = "${local.name}-snapshot-failures"
  log_group_name = each.value
  pattern        = "{ $.event = \"snapshot.gap\" || $.event = \"snapshot.failed\" }"

  metric_transformation {
    namespace = local.metrics
    name      = "SnapshotFailures"
    value     = "1"
    unit      = "Count"
  }
}

################################################################################
# Alarms: does it answer
################################################################################

resource "aws_cloudwatch_metric_alarm" "balancer_errors" {
  alarm_name          = "${local.name}-balancer-errors"
  alarm_description   = "The load balancer itself answered 5 or more requests with 5xx within 5 minutes: no task took them, or none answered in time. ${local.runbook}#balancer-errors"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  dimensions          = { LoadBalancer = aws_lb.portal.arn_suffix }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

resource "aws_cloudwatch_metric_alarm" "portal_errors" {
  alarm_name          = "${local.name}-portal-errors"
  alarm_description   = "The portal answered 5 or more requests with 5xx within 5 minutes. ${local.runbook}#portal-errors"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  dimensions          = { LoadBalancer = aws_lb.portal.arn_suffix, TargetGroup = aws_lb_target_group.portal.arn_suffix }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

resource "aws_cloudwatch_metric_alarm" "callback_errors" {
  alarm_name          = "${local.name}-callback-errors"
  alarm_description   = "A part of an open page could not be updated; its reader was told a reference. ${local.runbook}#callback-errors"
  namespace           = local.metrics
  metric_name         = aws_cloudwatch_log_metric_filter.callback_errors.metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

# The highest count of any of the balancer's addresses: each tells its own. Without any task the metric is missing.
resource "aws_cloudwatch_metric_alarm" "no_healthy_task" {
  alarm_name          = "${local.name}-no-healthy-task"
  alarm_description   = "For 3 minutes no task was fit to serve: readers see the page that says so. ${local.runbook}#no-healthy-task"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = aws_lb.portal.arn_suffix, TargetGroup = aws_lb_target_group.portal.arn_suffix }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

################################################################################
# Alarms: are the numbers true
################################################################################

# Told every minute, so that silence means that nobody reads Jira at all.
resource "aws_cloudwatch_metric_alarm" "stale_data" {
  alarm_name          = "${local.name}-stale-data"
  alarm_description   = "For 10 minutes a queue's numbers have been older than ${local.stale_after_s} s, or nobody tells how old they are. ${local.runbook}#stale-data"
  namespace           = local.metrics
  metric_name         = aws_cloudwatch_log_metric_filter.data_age.metric_transformation[0].name
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.stale_after_s
  treat_missing_data  = "breaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

################################################################################
# Alarms: is every day kept
################################################################################

resource "aws_cloudwatch_metric_alarm" "snapshot_failed" {
  alarm_name          = "${local.name}-snapshot-failed"
  alarm_description   = "A run of the snapshot could not begin, or left a queue's day out or incomplete. ${local.runbook}#snapshot-failed"
  namespace           = local.metrics
  metric_name         = aws_cloudwatch_log_metric_filter.snapshot_failures["scheduled"].metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

# Says more than the log does: a function that ran out of time or memory, or was never loaded, wrote no event.
resource "aws_cloudwatch_metric_alarm" "snapshot_function" {
  count = local.snapshot_on_lambda ? 1 : 0

  alarm_name          = "${local.name}-snapshot-function"
  alarm_description   = "An invocation of the snapshot function ended with an error, or was ended. ${local.runbook}#snapshot-function"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.snapshot[0].function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

# Whatever keeps a day from being taken, down to a schedule that never fires. Two hours more than a day: a run that is
# late, or the day on which clocks go back, is no alarm.
resource "aws_cloudwatch_metric_alarm" "no_snapshot" {
  alarm_name          = "${local.name}-no-snapshot"
  alarm_description   = "For ${local.hours_without_snapshot} hours no run of the snapshot was complete. ${local.runbook}#no-snapshot"
  namespace           = local.metrics
  metric_name         = aws_cloudwatch_log_metric_filter.snapshots["scheduled"].metric_transformation[0].name
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = local.hours_without_snapshot
  datapoints_to_alarm = local.hours_without_snapshot
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${local.name}-dead-letters"
  alarm_description   = "A scheduled snapshot was given up: its call or its event lies in the queue of dead letters. ${local.runbook}#dead-letters"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.notified
  ok_actions          = local.notified
}

################################################################################
# A task that takes snapshots and fails: nobody else's error
################################################################################

# One that was ended from outside, or never started, has written no event.
resource "aws_cloudwatch_event_rule" "snapshot_task" {
  count = local.snapshot_on_ecs ? 1 : 0

  name        = "${local.name}-snapshot-task"
  description = "A task that takes snapshots has failed or could not start. ${local.runbook}#snapshot-task"

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      group      = ["family:${aws_ecs_task_definition.snapshot[0].family}"]
      lastStatus = ["STOPPED"]
      "$or" = [
        { containers = { exitCode = [{ anything-but = [0] }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "snapshot_task" {
  count = local.snapshot_on_ecs ? 1 : 0

  rule = aws_cloudwatch_event_rule.snapshot_task[0].name
  arn  = aws_sns_topic.alarms.arn

  input_transformer {
    input_paths = {
      task   = "$.detail.taskArn"
      reason = "$.detail.stoppedReason"
    }

    input_template = "\"A task that takes snapshots has failed or could not start: <task>, <reason>. ${local.runbook}#snapshot-task\""
  }

  depends_on = [aws_sns_topic_policy.alarms]
}
