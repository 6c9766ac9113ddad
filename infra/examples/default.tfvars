# Two tasks that share a cache, under an address of CloudFront's.
region = "eu-west-1"

enable_waf    = true
allowed_cidrs = ["203.0.113.0/24", "2001:db8:1234::/48"]

settings = {
  JIRA_BASE_URL  = "https://example.atlassian.net"
  JIRA_EMAIL     = "opsportal@example.com"
  TEMPO_BASE_URL = "https://api.tempo.io/4"
}

frame_ancestors = ["'self'", "https://intranet.example.com"]

snapshot_schedule = {
  cron      = "cron(15 3 * * ? *)"
  time_zone = "America/Sao_Paulo"
}

alarm_emails = ["operations@example.com"]
