################################################################################
# Tokens, as one JSON object by the names of the settings
################################################################################

resource "aws_secretsmanager_secret" "portal" {
  name                    = local.name
  description             = "JSON object with JIRA_API_TOKEN or JIRA_PAT, and TEMPO_API_TOKEN and TOKEN_KEY where they are needed"
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

# The value is put by whoever runs the portal, and never comes into the state: what is written here is written only once.
resource "aws_secretsmanager_secret_version" "placeholder" {
  secret_id                = aws_secretsmanager_secret.portal.id
  secret_string_wo         = "{}"
  secret_string_wo_version = 1

  # A version without a label is removed some day, and would then be written anew, over the tokens. This label stays
  # when AWSCURRENT moves on to the value that was put.
  version_stages = ["AWSCURRENT", "placeholder"]

  lifecycle {
    ignore_changes = [version_stages]
  }
}
