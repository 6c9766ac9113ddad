"""What is kept, when it is written, and who is told when it is not: in any variant."""

from tests.infra.applied import Applied


class KeepingContract:
    """Tests of table, registry, schedule, dead letters, logs and alarms."""

    def test_history_has_the_keys_that_the_portal_asks_by(self, stack: Applied) -> None:
        """A queue and a day; what it held at any second of the last weeks can be had back."""
        dynamodb = stack.session.client("dynamodb")
        name = stack.outputs["history_table"]
        told = dynamodb.describe_table(TableName=name)["Table"]
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]

        assert [(key["AttributeName"], key["KeyType"]) for key in told["KeySchema"]] == [
            ("queue", "HASH"),
            ("day", "RANGE"),
        ]
        assert told["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert told["SSEDescription"]["Status"] == "ENABLED"
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")

    def test_an_earlier_registry_can_be_had_back(self, stack: Applied) -> None:
        """Each version of it stays."""
        versioning = stack.session.client("s3").get_bucket_versioning(Bucket=stack.outputs["config_bucket"])

        assert versioning["Status"] == "Enabled"

    def test_the_schedule_says_which_instant_it_meant(self, stack: Applied) -> None:
        """So that a start that comes late, or twice, takes the day that was meant; one that fails is tried again."""
        schedule = stack.resources["aws_scheduler_schedule.snapshot"]
        told = stack.session.client("scheduler").get_schedule(Name=schedule["name"], GroupName=schedule["group_name"])
        target = told["Target"]

        assert "<aws.scheduler.scheduled-time>" in target["Input"]
        assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
        assert target["DeadLetterConfig"]["Arn"] == stack.resources["aws_sqs_queue.dead_letters"]["arn"]
        assert target["RoleArn"] == stack.resources["aws_iam_role.scheduler"]["arn"]
        assert told["ScheduleExpression"] == "cron(15 3 * * ? *)"

    def test_dead_letters_stay_long_enough_to_be_read(self, stack: Applied) -> None:
        """Two weeks, in a queue of its own that is encrypted."""
        url = stack.resources["aws_sqs_queue.dead_letters"]["url"]
        told = stack.session.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

        assert told["MessageRetentionPeriod"] == str(14 * 24 * 3600)

    def test_logs_do_not_stay_for_ever(self, stack: Applied) -> None:
        """Each group has its days."""
        logs = stack.session.client("logs")
        for name in stack.outputs["log_groups"].values():
            (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
            assert group["retentionInDays"] == 30

    def test_every_alarm_tells_somebody_both_ways(self, stack: Applied) -> None:
        """When it begins and when it is over, with the page of the runbook that says what to do."""
        alarms = stack.session.client("cloudwatch").describe_alarms()["MetricAlarms"]

        named = {alarm["AlarmName"].removeprefix("opsportal-") for alarm in alarms}
        assert named == {
            *("balancer-errors", "portal-errors", "callback-errors", "no-healthy-task", "stale-data"),
            *("snapshot-failed", "no-snapshot", "dead-letters"),
            *(["snapshot-function"] if stack.outputs.get("snapshot_function") else []),
        }
        for alarm in alarms:
            assert alarm["AlarmActions"] == alarm["OKActions"] == [stack.outputs["alarm_topic_arn"]]
            page = alarm["AlarmName"].removeprefix("opsportal-")
            assert alarm["AlarmDescription"].endswith(f"docs/runbook.md#{page}")

    def test_a_day_and_two_hours_without_a_snapshot_are_an_alarm(self, stack: Applied) -> None:
        """Each hour of 26 without one, whether nothing was told or nothing is there to tell."""
        told = stack.session.client("cloudwatch").describe_alarms(AlarmNames=["opsportal-no-snapshot"])
        (alarm,) = told["MetricAlarms"]

        assert alarm["Period"] * alarm["EvaluationPeriods"] == 26 * 3600
        assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]
        assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == ("Sum", "LessThanThreshold", 1)
        assert alarm["TreatMissingData"] == "breaching"

    def test_what_the_log_tells_becomes_the_metrics_that_alarms_look_at(self, stack: Applied) -> None:
        """Each metric of the portal's own that an alarm is about is made of log lines."""
        made = {
            (change["metricNamespace"], change["metricName"])
            for found in stack.session.client("logs").describe_metric_filters()["metricFilters"]
            for change in found["metricTransformations"]
        }
        alarms = stack.session.client("cloudwatch").describe_alarms()["MetricAlarms"]
        asked = {(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms}

        assert {pair for pair in asked if not pair[0].startswith("AWS/")} == made
