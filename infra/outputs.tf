################################################################################
# For people
################################################################################

output "portal_url" {
  description = "Address of the portal"
  value       = "https://${local.portal_host}"
}

################################################################################
# For the first deployment and every later one
################################################################################

output "image_repository_url" {
  description = "Where the image is pushed to"
  value       = aws_ecr_repository.portal.repository_url
}

output "config_bucket" {
  description = "Bucket that holds queue_registry.json"
  value       = aws_s3_bucket.config.bucket
}

output "assets_bucket" {
  description = "Bucket whose assets/ the edge serves"
  value       = aws_s3_bucket.assets.bucket
}

output "secret_arn" {
  description = "ARN of the secret that holds the tokens"
  value       = aws_secretsmanager_secret.portal.arn
}

output "history_table" {
  description = "Table that holds the days behind the trends"
  value       = aws_dynamodb_table.history.name
}

output "cluster" {
  description = "Cluster that runs the tasks"
  value       = aws_ecs_cluster.portal.name
}

output "service" {
  description = "Service that keeps the portal running"
  value       = aws_ecs_service.portal.name
}

output "distribution_id" {
  description = "Id of the CloudFront distribution"
  value       = aws_cloudfront_distribution.portal.id
}

################################################################################
# For commands and for the daily snapshot
################################################################################

output "job_task_definition" {
  description = "Task definition for commands such as `opsportal backfill`, always its latest revision"
  value       = aws_ecs_task_definition.job.family
}

output "job_network" {
  description = "Network of such a task, as `aws ecs run-task --network-configuration` takes it"
  value = {
    awsvpcConfiguration = {
      subnets        = local.task_subnets
      securityGroups = [aws_security_group.tasks.id]
      assignPublicIp = local.task_public_ip ? "ENABLED" : "DISABLED"
    }
  }
}

output "snapshot_function" {
  description = "Function that takes the daily snapshot; null where a task does"
  value       = one(aws_lambda_function.snapshot[*].function_name)
}

################################################################################
# For those who are called
################################################################################

output "alarm_topic_arn" {
  description = "Topic that alarms are sent to"
  value       = aws_sns_topic.alarms.arn
}

output "log_groups" {
  description = "Log groups by what writes them"
  value = {
    portal   = aws_cloudwatch_log_group.portal.name
    snapshot = aws_cloudwatch_log_group.snapshot.name
    job      = aws_cloudwatch_log_group.job.name
  }
}
