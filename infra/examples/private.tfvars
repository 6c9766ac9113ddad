# A name of your own, people sign in, tasks have no public address and one fixed address to the outside.
# The client's secret comes from the environment: TF_VAR_oidc_client_secret.
region = "eu-west-1"

egress_mode     = "nat"
snapshot_runner = "ecs"

domain_name = "portal.example.com"
zone_id     = "Z0123456789EXAMPLE"

oidc = {
  issuer                 = "https://login.example.com"
  authorization_endpoint = "https://login.example.com/authorize"
  token_endpoint         = "https://login.example.com/token"
  user_info_endpoint     = "https://login.example.com/userinfo"
  client_id              = "opsportal"
}

settings = {
  JIRA_BASE_URL  = "https://jira.example.com"
  TEMPO_BASE_URL = "https://jira.example.com"
}

history_ttl_days = 1095
alarm_emails     = ["operations@example.com"]
